import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { api } from '@/api/api'
import { rejectionOf } from '@/api/rejection'
import { write } from '@/api/write'
import type { PreferencesItem } from '@/live/generated'

export type Preferences = Pick<PreferencesItem, 'reminders' | 'mail' | 'push' | 'quiet' | 'zone'>

export interface EditedPreferences {
  /** As the person sees them: with what is being saved. */
  shown: ComputedRef<Preferences>
  /** Why the last change was refused; empty for no reason. */
  problem: ShallowRef<string>
  change: (part: Partial<Preferences>) => void
}

/**
 * Saves each change at once, the last one last. The server takes all choices in one, so a change while another is saved
 * waits for it. A refused change is taken back.
 */
export function usePreferences(stored: () => Preferences): EditedPreferences {
  const wanted = shallowRef<Preferences | null>(null)
  const problem = shallowRef('')
  let isSaving = false
  const shown = computed(() => wanted.value ?? stored())

  watch(stored, () => {
    if (!isSaving) wanted.value = null // another device, or the view has the saved ones
  })

  async function save(): Promise<void> {
    isSaving = true
    problem.value = ''
    try {
      for (let sent = null; sent !== wanted.value && wanted.value;) {
        sent = wanted.value
        const body = sent
        await write(() => api.setPreferences({ body }))
      }
    } catch (error) {
      wanted.value = null
      problem.value = rejectionOf(error).detail
    } finally {
      isSaving = false
    }
  }

  function change(part: Partial<Preferences>): void {
    const { reminders, mail, push, quiet, zone } = shown.value
    wanted.value = { reminders, mail, push, quiet, zone, ...part }
    if (!isSaving) void save()
  }

  return { shown, problem, change }
}
