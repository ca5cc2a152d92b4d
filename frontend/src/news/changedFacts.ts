import type { ChangedValue } from '@/live/generated'
import { dayRange } from '@/time/allDay'
import { shortDay, timeOfDay } from '@/time/timeText'
import { isDay } from '@/time/weeks'
import { asUtc, cityOf, localTime, momentOf } from '@/time/zones'

/** A fact about an event before and after a change, as texts; empty for none, and both for details. */
export interface ChangedFact {
  fact: 'title' | 'time' | 'zone' | 'place' | 'link' | 'details'
  before: string
  after: string
}

/** The zones by which times are told: that of the event, if it is known, and that of the viewer. */
export interface Zones {
  event: string | null
  viewer: string
}

type Texts = Pick<ChangedFact, 'before' | 'after'>

type Field = ChangedValue['field']

/**
 * The changed facts, as texts. Times are those of the event's clock, since the notice has no others; its city is named
 * where the viewer's clock differs.
 */
export function changedFacts(changes: readonly ChangedValue[], zones: Zones): ChangedFact[] {
  const find = (field: Field): ChangedValue | undefined => changes.find((each) => each.field === field)
  const [title, starts, ends] = [find('title'), find('starts'), find('ends')]
  const [zone, place, link] = [find('zone'), find('place'), find('link')]
  const zonesThen = { ...zones, event: zone?.after ?? zones.event }
  return [
    ...(title ? [{ fact: 'title', before: title.before, after: title.after } as const] : []),
    ...(starts || ends ? [{ fact: 'time', ...spanTexts(starts, ends, zonesThen) } as const] : []),
    ...(zone ? [{ fact: 'zone', before: cityOf(zone.before), after: cityOf(zone.after) } as const] : []),
    ...(place ? [{ fact: 'place', before: place.before, after: place.after } as const] : []),
    ...(link ? [{ fact: 'link', before: link.before, after: link.after } as const] : []),
    ...(find('description') ? [{ fact: 'details', before: '', after: '' } as const] : []),
  ]
}

/** The changes of several notices in one: each field as it was first and is last. What was changed back is none. */
export function combineChanges(oldestFirst: readonly ChangedValue[]): ChangedValue[] {
  const fields = new Map<Field, ChangedValue>()
  for (const change of oldestFirst) {
    fields.set(change.field, { ...change, before: fields.get(change.field)?.before ?? change.before })
  }
  return [...fields.values()].filter(({ field, before, after }) => field === 'description' || before !== after)
}

/** Texts of what has changed of start and end: times, or the days of an event that lasts all day. */
function spanTexts(starts: ChangedValue | undefined, ends: ChangedValue | undefined, zones: Zones): Texts {
  if (starts && ends && (isDay(starts.before) || isDay(starts.after))) return dayTexts(starts, ends, zones)
  if (starts) return timeTexts(starts, isDay(starts.after) ? 'from ' : '', zones)
  return ends ? timeTexts(ends, 'until ', zones) : { before: '', after: '' }
}

/** `Sat 5 – Sun 6 Dec`; `Sat 5 Dec, all day` beside the time of an event that has or had one. */
function dayTexts(starts: ChangedValue, ends: ChangedValue, zones: Zones): Texts {
  const isSwitch = isDay(starts.before) !== isDay(starts.after)
  const text = (start: string, end: string): string => {
    if (isDay(start)) return dayRange({ first: start, last: end }) + (isSwitch ? ', all day' : '')
    return `${shortDay(asUtc(start), 'UTC')}, ${timeOfDay(asUtc(start), 'UTC')}`
  }
  const note = isDay(starts.after) ? '' : clockNote(starts.after, zones)
  return { before: text(starts.before, ends.before), after: text(starts.after, ends.after) + note }
}

/** `Sat 28 Nov, 19:30`, or only what differs: `20:00`. */
function timeTexts({ before, after }: ChangedValue, prefix: string, zones: Zones): Texts {
  if (isDay(after)) return { before: prefix + dayText(before), after: prefix + dayText(after) }
  const isSameDay = before.slice(0, 10) === after.slice(0, 10)
  const text = (local: string): string => {
    const time = timeOfDay(asUtc(local), 'UTC')
    return prefix + (isSameDay ? time : `${shortDay(asUtc(local), 'UTC')}, ${time}`)
  }
  // The second of two equal local times, when clocks go back, is another start.
  if (before === after) return { before: '', after: `the other ${text(after)}` }
  return { before: text(before), after: text(after) + clockNote(after, zones) }
}

function dayText(day: string): string {
  return dayRange({ first: day, last: day })
}

/** ` in Vienna`, where the viewer's clock shows another time; empty where it shows the same. */
function clockNote(local: string, { event, viewer }: Zones): string {
  if (event === null) return ' local time'
  const moment = momentOf(local, event)
  return moment !== null && localTime(moment, viewer) === local ? '' : ` in ${cityOf(event)}`
}
