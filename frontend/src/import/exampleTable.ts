/** A table that shows which columns an import knows. Pure. */
import { addDays } from '@/time/weeks'
import { localDay } from '@/time/zones'

/** The columns of a table. The first two are needed. */
export const COLUMNS = [
  'title',
  'starts',
  'ends',
  'zone',
  'place',
  'link',
  'description',
  'tags',
  'capacity',
  'visibility',
] as const

const DAYS_AHEAD = 28

/** A table of one event, four weeks after `now` (RFC 4180). */
export function exampleTable(now: number, zone: string): string {
  const day = addDays(localDay(now, zone), DAYS_AHEAD)
  const values: Record<(typeof COLUMNS)[number], string> = {
    title: 'Board games',
    starts: `${day} 19:30`,
    ends: `${day} 22:00`,
    zone,
    place: 'The Depot, hall 2',
    link: 'https://example.org/games',
    description: 'Bring your favourite game.',
    tags: 'games, evening',
    capacity: '24',
    visibility: 'public',
  }
  const lines = [COLUMNS, COLUMNS.map((column) => quoted(values[column]))]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
