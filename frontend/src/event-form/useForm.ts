import { useEventListener } from '@vueuse/core'
import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { Rejection } from '@/api/rejection'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { useNow } from '@/time/useNow'
import { validate, type Field, type Problems } from './validation'
import { bodyOf, type Draft } from './draft'

/** The state of a form. */
export interface Form {
  draft: Ref<Draft>
  /** The problems of fields that lost the focus; after an attempt to send, of all fields. */
  problems: ComputedRef<Problems>
  /** A problem that belongs to no field. */
  failure: ShallowRef<Rejection | null>
  isSaving: Ref<boolean>
  isChanged: ComputedRef<boolean>
  isSaved: Ref<boolean>
  /** True while the browser's storage keeps the changes; leaving loses nothing then. */
  isKept: Ref<boolean>
  touch: (field: Field) => void
  send: () => Promise<void>
  /** Restarts the form from another draft. */
  reset: (draft: Draft) => void
  /** Goes on with `changed` as changes of `start`. */
  rebase: (start: Draft, changed: Draft) => void
}

/** The actions of a form, and the facts it needs. */
export interface FormOptions {
  /** Sends the draft. It throws a Rejection if that fails, and may return `false` for "not now". */
  save: (draft: Draft) => Promise<boolean>
  /** True if saving makes a new event. */
  isNew: () => boolean
  /** The number of seats already taken. */
  taken?: () => number
}

/** The state of a form that starts as `initial`. Leaving with changes that nothing keeps asks first. */
export function useForm(initial: Draft, { save, isNew, taken = () => 0 }: FormOptions): Form {
  const confirmation = useConfirmation()
  const notices = useNotices()
  const now = useNow()
  const draft = ref(copyOf(initial))
  const start = shallowRef(copyOf(initial))
  const touched = ref(new Set<Field>())
  const isSubmitted = ref(false)
  const serverProblems = shallowRef<{ draft: string; problems: Problems } | null>(null)
  const failure = shallowRef<Rejection | null>(null)
  const isSaving = ref(false)
  const isSaved = ref(false)
  const isKept = ref(false)

  /** The draft that an edit started from; null for a new event. */
  const before = computed(() => (isNew() ? null : start.value))
  const allProblems = computed(() => validate(draft.value, now.value, before.value, taken()))
  const problems = computed<Problems>(() => {
    const shown = [...allProblems.value].filter(([field]) => isSubmitted.value || touched.value.has(field))
    const refused = serverProblems.value?.draft === JSON.stringify(draft.value) ? serverProblems.value.problems : []
    return new Map([...refused, ...shown])
  })
  const isChanged = computed(() => JSON.stringify(bodyOf(draft.value)) !== JSON.stringify(bodyOf(start.value)))

  async function send(): Promise<void> {
    if (isSaving.value) return
    isSubmitted.value = true
    failure.value = null
    if (allProblems.value.size > 0) return
    isSaving.value = true
    try {
      isSaved.value = true
      isSaved.value = await save(draft.value)
    } catch (error) {
      isSaved.value = false
      if (!(error instanceof Rejection)) throw error
      // Too few seats is a problem of the capacity field, not of the whole form.
      const isFull = error.code === 'event-full'
      const problems = isFull ? new Map<Field, string>([['capacity', error.detail]]) : (error.fields as Problems)
      serverProblems.value = { draft: JSON.stringify(draft.value), problems }
      failure.value = isFull ? null : error
    } finally {
      isSaving.value = false
    }
  }

  function reset(fresh: Draft): void {
    rebase(fresh, fresh)
    failure.value = null
    serverProblems.value = null
    touched.value.clear()
    isSubmitted.value = false
  }

  function rebase(fresh: Draft, changed: Draft): void {
    start.value = copyOf(fresh)
    draft.value = copyOf(changed)
  }

  const hasUnsavedChanges = (): boolean => isChanged.value && !isSaved.value
  useEventListener(window, 'beforeunload', (event) => {
    if (hasUnsavedChanges() && !isKept.value) event.preventDefault()
  })
  onBeforeRouteLeave(async () => {
    if (!hasUnsavedChanges()) return true
    if (isKept.value) {
      notices.show('Not saved yet. Your draft is here when you come back.')
      return true
    }
    const answer = await confirmation.ask({
      title: 'Leave without saving?',
      text: "You lose what you've written here.",
      confirm: 'Leave',
      dismiss: 'Stay here',
    })
    return answer === 'confirm'
  })

  const touch = (field: Field): void => void touched.value.add(field)
  return { draft, problems, failure, isSaving, isChanged, isSaved, isKept, touch, send, reset, rebase }
}

function copyOf(draft: Draft): Draft {
  return { ...draft, tags: [...draft.tags] }
}
