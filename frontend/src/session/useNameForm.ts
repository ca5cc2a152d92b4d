import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { Rejection } from '@/api/rejection'
import { LIMITS } from '@/limits.generated'
import { textProblem, toLine } from '@/text/plainText'

/** A field for the person's name, and sending it. */
export interface NameForm {
  name: Ref<string>
  /** The problem of the name; empty for none. */
  problem: ComputedRef<string>
  isSaving: Ref<boolean>
  send: () => Promise<void>
}

/** A form for a name. `save` gets a name that fits, and may throw a Rejection, which shows at the field. */
export function useNameForm(initial: string, save: (name: string) => Promise<void>): NameForm {
  const name = ref(initial)
  const refusal = ref('')
  const isSaving = ref(false)
  const unfit = computed(() => textProblem(toLine(name.value), LIMITS.session.name.maxLength))

  async function send(): Promise<void> {
    if (isSaving.value || unfit.value !== null) return
    if (toLine(name.value) === '') {
      refusal.value = 'Enter a name.'
      return
    }
    isSaving.value = true
    refusal.value = ''
    try {
      await save(name.value)
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      refusal.value = error.fields.get('name') ?? error.detail
    } finally {
      isSaving.value = false
    }
  }

  return { name, problem: computed(() => unfit.value ?? refusal.value), isSaving, send }
}
