import { computed, onScopeDispose, watch, type ComputedRef } from 'vue'
import { useLive } from '@/live/browser'
import { freeSeats } from '@/seats/capacity'
import { useAttending, type Shown } from './attending'
import { isObsolete, type Refusal, type Situation } from './refusal'

/** Why the last action on an event was refused, as long as the reason holds and the component lives. */
export function useRefusal(event: () => Shown): ComputedRef<Refusal | undefined> {
  const attending = useAttending()
  const live = useLive()
  const refusal = computed(() => attending.refused.get(event().id))
  const situation = (): Situation => ({
    status: event().status,
    free: freeSeats(event()),
    standing: attending.standing(event().id),
    connection: live.state.value,
  })

  // The situation is only watched after a refusal: a list has 500 of these.
  watch(
    () => refusal.value && { refusal: refusal.value, situation: situation() },
    (now, before) => {
      if (!now || now.refusal !== before?.refusal) return
      if (isObsolete(now.refusal, before.situation, now.situation)) attending.forget(event().id)
    },
  )
  onScopeDispose(() => attending.forget(event().id))

  return refusal
}
