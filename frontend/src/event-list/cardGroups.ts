/** The rows of a list by section and day. Pure. */

import type { Card } from '@/live/generated'
import { byDay, type DayGroup, type Timed } from '@/time/days'
import { shownMoments } from '@/time/eventTimes'
import { localDay } from '@/time/zones'
import { headingOf, type MyCard } from './mySections'
import type { Row } from './stableList'

/** A section of the list, with its days. */
export interface Section {
  key: string
  /** Empty for a list without sections. */
  label: string
  days: DayGroup<Row<MyCard>>[]
}

/** Groups rows by section, and each section by day in the viewer's zone. A row stays in the day where it was placed. */
export function bySection(rows: readonly Row<MyCard>[], zone: string, now: number): Section[] {
  const sections = new Map<number, Row<MyCard>[]>()
  for (const row of rows) {
    const section = row.placed.section ?? -1
    const known = sections.get(section)
    if (known) known.push(row)
    else sections.set(section, [row])
  }
  return [...sections].map(([section, members]) => ({
    key: String(section),
    label: headingOf(section),
    days: byDay(members, (row) => timesOf(row, zone), zone, now),
  }))
}

/**
 * The first row of a day in the viewer's zone; if there is none, the row of the next day with one in this direction. Rows
 * need not be in the order of days: sections are not, and an all-day event begins earlier where its zone is further east.
 */
export function rowAtDay<T extends Card>(
  rows: readonly Row<T>[],
  day: string,
  zone: string,
  direction: 'later' | 'earlier',
): Row<T> | undefined {
  const dated = rows.map((row) => {
    const { startsAt } = shownMoments(row.item, zone)
    return { row, startsAt, day: localDay(startsAt, zone) }
  })
  const isLater = direction === 'later'
  const nearest = dated
    .filter((each) => (isLater ? each.day > day : each.day < day))
    .sort((one, other) => (isLater ? one.startsAt - other.startsAt : other.startsAt - one.startsAt))
  return (dated.find((each) => each.day === day) ?? nearest[0])?.row
}

function timesOf({ placed }: Row<MyCard>, zone: string): Timed {
  const { starts_at, ends_at, all_day } = placed
  return { starts_at, ends_at, all_day, day_at: shownMoments(placed, zone).startsAt }
}
