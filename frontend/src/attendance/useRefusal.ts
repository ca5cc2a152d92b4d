import { computed, onScopeDispose, watch, type ComputedRef } from 'vue'
import { freeSeats } from '@/event-page/answer'
import { useLive } from '@/live/browser'
import { useAttending, type Shown } from './attending'
import { outlived, type Refusal, type Situation } from './refusal'

/** Why the last action on an event was refused, while that is so and the place that shows it is there. */
export function useRefusal(event: () => Shown): ComputedRef<Refusal | undefined> {
  const attending = useAttending()
  const live = useLive()
  const refusal = computed(() => attending.refused.get(event().id))
  const situation = (): Situation => ({
    status: event().status,
    free: freeSeats(event()),
    standing: attending.standing(event().id),
    link: live.state.value,
  })

  // Nothing is looked at where nothing was refused: a list has 500 of these.
  watch(
    () => refusal.value && { refusal: refusal.value, situation: situation() },
    (now, before) => {
      if (!now || now.refusal !== before?.refusal) return
      if (outlived(now.refusal, before.situation, now.situation)) attending.forget(event().id)
    },
  )
  onScopeDispose(() => attending.forget(event().id))

  return refusal
}
