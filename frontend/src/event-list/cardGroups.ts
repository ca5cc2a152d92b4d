/** The rows of a list by section and day. Pure. */

import { byDay, type DayGroup, type Timed } from '@/time/days'
import { shownMoments } from '@/time/eventTimes'
import { SECTIONS, type MyCard } from './mySections'
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
    label: SECTIONS[section] ?? '',
    days: byDay(members, (row) => timesOf(row, zone), zone, now),
  }))
}

function timesOf({ placed }: Row<MyCard>, zone: string): Timed {
  const { starts_at, ends_at, all_day } = placed
  return { starts_at, ends_at, all_day, day_at: shownMoments(placed, zone).startsAt }
}
