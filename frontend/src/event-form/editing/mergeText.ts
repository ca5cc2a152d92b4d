/** Merges two changes of a text, word by word. It is loaded when it is needed. Pure. */

import { diff3Merge } from 'node-diff3'

/** Both changes of `base`; null if they touch each other: they change the same word, or words side by side. */
export function mergeText(base: string, mine: string, theirs: string): string | null {
  const numbers = new Map<string, number>()
  // The library compares numbers safely; the word "constructor" would be a member of its table.
  const numbered = (text: string): number[] =>
    wordsOf(text).map((word) => {
      if (!numbers.has(word)) numbers.set(word, numbers.size)
      return numbers.get(word) ?? 0
    })
  const regions = diff3Merge(numbered(mine), numbered(base), numbered(theirs), { excludeFalseConflicts: true })
  const words = [...numbers.keys()]
  const merged: string[] = []
  for (const { ok } of regions) {
    if (ok === undefined) return null
    merged.push(...ok.map((number) => words[number] ?? ''))
  }
  return merged.join('').trim()
}

/** Words with the white space after them. The last word has a space, so that a word after it does not change it. */
function wordsOf(text: string): string[] {
  return `${text.trim()} `.match(/\S+\s+/g) ?? []
}
