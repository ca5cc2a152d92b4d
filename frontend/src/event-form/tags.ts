/** Tags as a person types or pastes them. Pure. */

import { LIMITS } from '@/limits.generated'
import { textProblem, toLine } from '@/text/plainText'

export const MAX_TAGS = LIMITS.event.tags.maxItems
const TAG_MAX_LENGTH = LIMITS.event.tags.items.maxLength

/** A comma of any keyboard, or the end of a line. It ends a tag. */
export const TAG_END = /[,،，、\r\n]/

/** The tags with those of `text`, each once. None is cut or dropped: `tagsProblem` says which cannot be stored. */
export function withTags(tags: readonly string[], text: string): string[] {
  const added = text
    .split(TAG_END)
    .map((tag) => toLine(tag).toLowerCase())
    .filter(Boolean)
  return [...new Set([...tags, ...added])]
}

/** The problem of one tag; null if it can be stored. */
export function tagProblem(tag: string): string | null {
  return textProblem(tag, TAG_MAX_LENGTH)
}

/** The problem of all tags; null if there is none. */
export function tagsProblem(tags: readonly string[]): string | null {
  for (const tag of tags) {
    const problem = tagProblem(tag)
    if (problem !== null) return `“${tag}”: ${problem} A tag has up to ${String(TAG_MAX_LENGTH)}.`
  }
  const excess = tags.length - MAX_TAGS
  return excess > 0 ? `Up to ${String(MAX_TAGS)} tags. Remove ${String(excess)}.` : null
}
