import type { ChangedValue } from '@/live/generated'
import { shortDay, timeOfDay } from '@/time/timeText'
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
    ...(starts ? [{ fact: 'time', ...timeTexts(starts, '', zonesThen) } as const] : []),
    ...(ends && !starts ? [{ fact: 'time', ...timeTexts(ends, 'until ', zonesThen) } as const] : []),
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

/** `Sat 28 Nov, 19:30`, or only what differs: `20:00`. */
function timeTexts({ before, after }: ChangedValue, prefix: string, zones: Zones): { before: string; after: string } {
  const isSameDay = before.slice(0, 10) === after.slice(0, 10)
  const text = (local: string): string => {
    const time = timeOfDay(asUtc(local), 'UTC')
    return prefix + (isSameDay ? time : `${shortDay(asUtc(local), 'UTC')}, ${time}`)
  }
  // The second of two equal local times, when clocks go back, is another start.
  if (before === after) return { before: '', after: `the other ${text(after)}` }
  return { before: text(before), after: text(after) + clockNote(after, zones) }
}

/** ` in Vienna`, where the viewer's clock shows another time; empty where it shows the same. */
function clockNote(local: string, { event, viewer }: Zones): string {
  if (event === null) return ' local time'
  const moment = momentOf(local, event)
  return moment !== null && localTime(moment, viewer) === local ? '' : ` in ${cityOf(event)}`
}
