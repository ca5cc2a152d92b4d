import { computed, shallowRef, watch, type Ref } from 'vue'
import type { EventItem } from '@/live/generated'
import { useSession } from '@/session/session'
import { useServerClock } from '@/time/useNow'
import { draftKey, dropDraft, loadDraft, storeDraft, type StoredDraft } from './storedDrafts'
import type { Form } from '@/event-form/useForm'

/** The draft of a form, which the browser keeps until it is saved. */
export interface KeptDraft {
  /** True while the form goes on with a draft of an earlier visit. */
  isRestored: Ref<boolean>
  /** The draft of an earlier visit, for the form to go on with; null if there is none. */
  load: () => StoredDraft | null
  /** Forgets the draft; later changes are not kept. */
  finish: () => void
}

/**
 * Keeps what is typed into a form, for the signed-in person and an event (null for a new one), with the event that it
 * changes. A visitor who gives a name meanwhile takes the draft along.
 */
export function useKeptDraft(form: Form, event: string | null, base: () => EventItem | null): KeptDraft {
  const session = useSession()
  const clock = useServerClock()
  const isRestored = shallowRef(false)
  const person = computed(() => session.person?.id ?? null)
  /** Until the draft of an earlier visit is loaded, an unchanged form must not drop it. */
  let isLoaded = false
  let isFinished = false

  function load(): StoredDraft | null {
    const stored = loadDraft(draftKey(person.value, event), form.draft.value, clock.now())
    isRestored.value = stored !== null
    isLoaded = true
    return stored
  }

  function drop(): void {
    dropDraft(draftKey(person.value, event))
    isRestored.value = false
    form.isKept.value = false
  }

  function keep(): void {
    if (isFinished || (!isLoaded && !form.isChanged.value)) return
    isLoaded = true
    if (form.isChanged.value) {
      const stored = { draft: form.draft.value, base: withoutPeople(base()), at: clock.now() }
      form.isKept.value = storeDraft(draftKey(person.value, event), stored)
    } else {
      drop()
    }
  }

  function finish(): void {
    isFinished = true
    drop()
  }

  watch(form.draft, keep, { deep: true, flush: 'sync' })
  watch(
    person,
    (_, before) => {
      if (before !== null || !form.isChanged.value) return
      dropDraft(draftKey(before, event))
      keep()
    },
    { flush: 'sync' },
  )
  return { isRestored, load, finish }
}

/** The storage needs no names of people. */
function withoutPeople(event: EventItem | null): EventItem | null {
  return event && { ...event, faces: [], newest: [] }
}
