/**
 * Normalises text that people paste, as the server does (`services/core/turnout_core/domain/plain_text.py`), so that the
 * form counts and shows what is stored. `tests/vectors/plain-text.json` specifies both. Pure.
 */

import { formatCount } from './numbers'

const LINE_ENDS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g
/** Embeddings, overrides and byte order marks. */
const OBSOLETE_MARKS = /[\u202a-\u202e\ufeff]/g
const ISOLATES = /[\u2066-\u2069]/g
const POP_ISOLATE = '\u2069'
const MARKS_AROUND_LINKS = /[\u200b\u200e\u200f\u2060\u2066-\u2069]/g
const CONTROL = /[^\P{Cc}\t\n]/u

/** Text of several lines, as it is stored: without unseen marks, and with LF as the only end of lines. */
export function toLines(text: string): string {
  return text.replace(LINE_ENDS, '\n').split('\n').map(dropMarks).join('\n').trim()
}

/** Text of one line, as it is stored. */
export function toLine(text: string): string {
  return dropMarks(text.replace(LINE_ENDS, ' ')).replace(/\s+/g, ' ').trim()
}

/** A web address, as it is stored: without the marks that address books and messengers put around it. */
export function toLink(text: string): string {
  return toLine(text.replace(MARKS_AROUND_LINKS, ''))
}

/** The problem of a normalised text; null if it can be stored. The server counts code points, and so do we. */
export function textProblem(text: string, maxLength: number): string | null {
  const control = CONTROL.exec(text)?.[0].codePointAt(0)
  if (control !== undefined) {
    const name = `U+${control.toString(16).toUpperCase().padStart(4, '0')}`
    return `There is a character in it that you can't see (${name}). Type the text again.`
  }
  const excess = Array.from(text).length - maxLength
  return excess > 0 ? `${excessWords(excess)}.` : null
}

/** `1 character too many`, `16,000 characters too many`. */
export function excessWords(excess: number): string {
  return `${formatCount(excess, 'character')} too many`
}

/** The line without obsolete marks and unpaired isolates. The end of a line ends all isolates. */
function dropMarks(line: string): string {
  const text = line.replace(OBSOLETE_MARKS, '')
  const unpaired = new Set<number>()
  const starts: number[] = []
  for (const { 0: mark, index } of text.matchAll(ISOLATES)) {
    if (mark !== POP_ISOLATE) starts.push(index)
    else if (starts.pop() === undefined) unpaired.add(index)
  }
  for (const start of starts) unpaired.add(start)
  return text.replace(ISOLATES, (mark, index: number) => (unpaired.has(index) ? '' : mark))
}
