/** The geometry of a seat row. Pure. */

import { formatNumber } from '@/text/numbers'

/** Beyond this many seats a row becomes a bar. */
export const ROW_MAX_SEATS = 40
/** Seats next to each other before the row breaks, so that it fits a phone. */
export const ROW_BREAK_SEATS = 20
/** The waitlist's stack shows this many, then a number. */
export const STACK_MAX_SEATS = 3

/** The parts of a seat row; `rest` is the waitlist beyond the stack. */
export type SeatRow =
  | { as: 'dots'; taken: number; free: number; open: boolean; stack: number; rest: number }
  | { as: 'bar'; taken: number; capacity: number | null; share: number; stack: number; rest: number }

/** The row of an event: dots while they can be counted, a bar beyond. */
export function seatRow(going: number, capacity: number | null, waiting: number): SeatRow {
  const stack = Math.min(waiting, STACK_MAX_SEATS)
  const rest = waiting - stack
  const seats = capacity ?? going
  if (Math.max(seats, going) > ROW_MAX_SEATS) {
    const share = capacity === null ? 1 : Math.min(1, going / capacity)
    return { as: 'bar', taken: going, capacity, share, stack, rest }
  }
  return { as: 'dots', taken: going, free: Math.max(0, seats - going), open: capacity === null, stack, rest }
}

/** The seats side by side: lines of equal length if the number is fixed, full lines if it grows. */
export function columnsOf(seats: number, open: boolean): number {
  const lines = Math.max(1, Math.ceil(seats / ROW_BREAK_SEATS))
  return open && lines > 1 ? ROW_BREAK_SEATS : Math.max(1, Math.ceil(seats / lines))
}

/** The width of the waitlist at the end of a row, in units of the drawing. */
export function stackWidth({ stack, rest }: SeatRow): number {
  if (stack === 0) return 0
  return 10 + (stack - 1) * 5 + (rest > 0 ? 8 + formatNumber(rest).length * 6 : 0)
}

/** The position of a seat, in steps of one seat. */
export function seatAt(index: number, columns: number): { column: number; line: number } {
  return { column: index % columns, line: Math.floor(index / columns) }
}

/** An SVG path that puts a round dot on each seat from `from` to `to` (not included), `step` apart. */
export function dots(from: number, to: number, columns: number, step: number): string {
  let path = ''
  for (let index = from; index < to; index++) {
    const { column, line } = seatAt(index, columns)
    path += `M${String((column + 0.5) * step)} ${String((line + 0.5) * step)}h0`
  }
  return path
}

/** The initials of a name: of its first and last word, by grapheme, so that no emoji is cut in half. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map((word) => firstGrapheme(word ?? ''))
    .join('')
    .toLocaleUpperCase()
}

/** The first grapheme that can be seen: address books put marks before a name. */
function firstGrapheme(word: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word.replace(/^\p{Cf}+/u, ''))
  return first?.segment ?? ''
}
