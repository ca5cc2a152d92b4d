/** Joins the changes of a draft with those that were saved elsewhere meanwhile. Pure. */

import type { Draft } from '@/event-form/draft'
import { isSame, LABELS, PART_NAMES, valueWords, withPart, type Part } from './formParts'

/** One part that was changed elsewhere: its name, and its values before and after as text. */
export interface Difference {
  part: Part
  label: string
  was: string
  is: string
}

/** The result of a merge. */
export interface Merge {
  /** The viewer's changes on top of the others'. Where both changed a part, it has the viewer's value. */
  draft: Draft
  /** The changes from elsewhere that are in the draft now. */
  adopted: readonly Difference[]
  /** Parts that both changed, in ways that cannot be joined. */
  conflicts: readonly Part[]
}

/** Joins two changes of a text; null if they touch each other. */
export type MergeText = (base: string, mine: string, theirs: string) => string | null

const TEXTS = ['title', 'place', 'description'] as const satisfies readonly Part[]

/** True if both sides changed a text, so that the merge needs a `MergeText`. */
export function needsMergeText(base: Draft, mine: Draft, theirs: Draft): boolean {
  return TEXTS.some((part) => !isSame(part, base, mine) && !isSame(part, base, theirs) && !isSame(part, mine, theirs))
}

/**
 * Merges three ways, part by part. `sent` are the drafts that were sent from this form: one without an answer may have
 * been saved, and is no change by another. Without `mergeText`, texts that both changed conflict.
 */
export function merge(
  base: Draft,
  mine: Draft,
  theirs: Draft,
  sent: readonly Draft[] = [],
  mergeText: MergeText | null = null,
): Merge {
  let draft = mine
  const adopted: Difference[] = []
  const conflicts: Part[] = []
  for (const part of PART_NAMES) {
    const isOwn = [base, mine, ...sent].some((each) => isSame(part, each, theirs))
    if (isOwn) continue
    const joined = isSame(part, base, mine) ? theirs : join(part, base, mine, theirs, mergeText)
    if (joined === null) {
      conflicts.push(part)
      continue
    }
    draft = withPart(draft, part, joined)
    adopted.push(differenceOf(part, base, theirs))
  }
  return { draft, adopted, conflicts }
}

/** A change of one part, as text. */
export function differenceOf(part: Part, before: Draft, after: Draft): Difference {
  return { part, label: LABELS[part], was: valueWords(part, before), is: valueWords(part, after) }
}

/** Both changes of a part; null if they touch each other. */
function join(part: Part, base: Draft, mine: Draft, theirs: Draft, mergeText: MergeText | null): Draft | null {
  if (part === 'tags') {
    const added = mine.tags.filter((tag) => !base.tags.includes(tag) && !theirs.tags.includes(tag))
    const kept = theirs.tags.filter((tag) => mine.tags.includes(tag) || !base.tags.includes(tag))
    return { ...mine, tags: [...kept, ...added] }
  }
  const text = TEXTS.find((each) => each === part)
  if (text === undefined || mergeText === null) return null
  const merged = mergeText(base[text], mine[text], theirs[text])
  return merged === null ? null : { ...mine, [text]: merged }
}

/** Where the caret stands after a text around it has changed. */
export function movedCaret(before: string, after: string, caret: number): number {
  let same = 0
  while (same < caret && before[same] === after[same]) same += 1
  return same === caret ? caret : Math.max(0, after.length - (before.length - caret))
}
