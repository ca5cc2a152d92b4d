import { computed, nextTick, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { EventItem } from '@/live/generated'
import { draftOf, type Draft } from '@/event-form/draft'
import { isSame, withPart, type Part } from './formParts'
import { differenceOf, merge, movedCaret, needsMergeText, type Difference, type MergeText } from './merge'
import type { Form } from '@/event-form/useForm'

/** An edit that takes in what is saved elsewhere meanwhile. */
export interface MergedEdit {
  /** The version of the event that the form changes. */
  start: ShallowRef<EventItem>
  /** The changes from elsewhere that are in the form now. */
  adopted: ShallowRef<readonly Difference[]>
  /** The parts that both changed, until the viewer chooses: their value, and the viewer's. */
  conflicts: ComputedRef<readonly Difference[]>
  /** Takes in a newer version. */
  follow: (now: EventItem) => Promise<void>
  /** Notes a draft that was sent. Without an answer, it may have been saved. */
  noteSent: (draft: Draft) => void
  keepMine: () => void
  /** Takes their values where both changed a part. Returns a function that undoes it. */
  takeTheirs: () => () => void
  /** Starts over from a version. */
  restart: (event: EventItem) => void
}

/** Merges newer versions of an event into the form, which started from `opened`. Parts that differ are told to `onNews`. */
export function useMergedEdit(form: Form, opened: EventItem, onNews: (parts: readonly Part[]) => void): MergedEdit {
  const start = shallowRef(opened)
  const sent: Draft[] = []
  const adopted = shallowRef<readonly Difference[]>([])
  const contested = shallowRef<readonly Part[]>([])
  const theirs = computed(() => draftOf(start.value))
  const conflicts = computed(() =>
    contested.value
      .filter((part) => !isSame(part, theirs.value, form.draft.value))
      .map((part) => differenceOf(part, theirs.value, form.draft.value)),
  )

  async function follow(now: EventItem): Promise<void> {
    if (now.version <= start.value.version) return
    const fresh = draftOf(now)
    const mergeText = needsMergeText(theirs.value, form.draft.value, fresh) ? await loadMergeText() : null
    if (now.version <= start.value.version) return // a newer version came while the merge was loading
    const merged = merge(theirs.value, form.draft.value, fresh, sent, mergeText)
    const parts = merged.adopted.map(({ part }) => part)
    adopted.value = [...adopted.value.filter(({ part }) => !parts.includes(part)), ...merged.adopted]
    contested.value = [...new Set([...contested.value, ...merged.conflicts])]
    start.value = now
    if (parts.length + merged.conflicts.length > 0) onNews([...parts, ...merged.conflicts])
    await keepCaret(() => form.rebase(fresh, merged.draft))
  }

  function takeTheirs(): () => void {
    const [mine, parts] = [form.draft.value, contested.value]
    form.draft.value = contested.value.reduce((draft, part) => withPart(draft, part, theirs.value), form.draft.value)
    contested.value = []
    return () => {
      form.draft.value = mine
      contested.value = parts
    }
  }

  function restart(event: EventItem): void {
    start.value = event
    adopted.value = []
    contested.value = []
    form.reset(draftOf(event))
  }

  return {
    start,
    adopted,
    conflicts,
    follow,
    noteSent: (draft) => void sent.push({ ...draft }),
    keepMine: () => void (contested.value = []),
    takeTheirs,
    restart,
  }
}

/** Null where it cannot be loaded: then texts that both changed conflict. */
async function loadMergeText(): Promise<MergeText | null> {
  try {
    return (await import('./mergeText')).mergeText
  } catch {
    return null
  }
}

/** Changes the text of a field; the caret stays at its words. */
async function keepCaret(change: () => void): Promise<void> {
  const field = document.activeElement
  const isText = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === 'text')
  const [before, caret] = isText ? [field.value, field.selectionEnd ?? 0] : ['', 0]
  change()
  await nextTick()
  if (!isText || field.value === before) return
  const moved = movedCaret(before, field.value, caret)
  field.setSelectionRange(moved, moved)
}
