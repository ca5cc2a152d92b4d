import { useEventListener } from '@vueuse/core'
import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { Rejection } from '@/api/rejection'
import { useConfirmation } from '@/shell/confirmation'
import { validate, type Field, type Problems } from './validation'
import { bodyOf, type Draft } from './draft'

/** The state of a form. */
export interface Form {
  draft: Ref<Draft>
  /** The problems to show: of fields that lost the focus, and of all fields after a try to send. */
  problems: ComputedRef<Problems>
  /** A problem that belongs to no field. */
  failure: ShallowRef<Rejection | null>
  saving: Ref<boolean>
  changed: ComputedRef<boolean>
  touch: (field: Field) => void
  send: () => Promise<void>
  /** Starts over from another draft. */
  reset: (draft: Draft) => void
}

/**
 * The state of a form around `save`, which throws a Rejection if it fails and may return `false` for "not now". Leaving
 * with unsaved changes asks first. `taken` gives the number of seats already taken.
 */
export function useForm(initial: Draft, save: (draft: Draft) => Promise<boolean>, taken = (): number => 0): Form {
  const confirmation = useConfirmation()
  const draft = ref(initial)
  const start = shallowRef(structuredCopy(initial))
  const touched = ref(new Set<Field>())
  const tried = ref(false)
  const refused = shallowRef<{ of: string; problems: Problems } | null>(null)
  const failure = shallowRef<Rejection | null>(null)
  const saving = ref(false)
  const saved = ref(false)

  /** The draft that an edit started from; null for a new event, which starts without a title. */
  const before = computed(() => (start.value.title === '' ? null : start.value))
  const wrong = computed(() => validate(draft.value, Date.now(), before.value, taken()))
  const problems = computed<Problems>(() => {
    const shown = [...wrong.value].filter(([field]) => tried.value || touched.value.has(field))
    const said = refused.value?.of === JSON.stringify(draft.value) ? refused.value.problems : []
    return new Map([...said, ...shown])
  })
  const changed = computed(() => JSON.stringify(bodyOf(draft.value)) !== JSON.stringify(bodyOf(start.value)))

  async function send(): Promise<void> {
    if (saving.value) return
    tried.value = true
    failure.value = null
    if (wrong.value.size > 0) return
    saving.value = true
    try {
      saved.value = true
      saved.value = await save(draft.value)
    } catch (error) {
      saved.value = false
      if (!(error instanceof Rejection)) throw error
      // Too few seats is a problem of the capacity field, not of the whole form.
      const full = error.code === 'event-full'
      const problems = full ? new Map<Field, string>([['capacity', error.detail]]) : (error.fields as Problems)
      refused.value = { of: JSON.stringify(draft.value), problems }
      failure.value = full ? null : error
    } finally {
      saving.value = false
    }
  }

  function reset(fresh: Draft): void {
    start.value = structuredCopy(fresh)
    draft.value = structuredCopy(fresh)
    failure.value = null
    refused.value = null
    tried.value = false
  }

  const hasUnsavedChanges = (): boolean => changed.value && !saved.value
  useEventListener(window, 'beforeunload', (event) => {
    if (hasUnsavedChanges()) event.preventDefault()
  })
  onBeforeRouteLeave(async () => {
    if (!hasUnsavedChanges()) return true
    const answer = await confirmation.ask({
      title: 'Leave without saving?',
      text: "You lose what you've written here.",
      confirm: 'Leave',
      dismiss: 'Stay here',
    })
    return answer === 'confirm'
  })

  const touch = (field: Field): void => void touched.value.add(field)
  return { draft, problems, failure, saving, changed, touch, send, reset }
}

function structuredCopy(draft: Draft): Draft {
  return { ...draft, tags: [...draft.tags] }
}
