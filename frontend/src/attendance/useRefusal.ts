import { computed, onScopeDispose, watch, type ComputedRef } from 'vue'
import { useLive } from '@/live/browser'
import { freeSeats } from '@/seats/capacity'
import { useAttendance, type ShownEvent } from './attendance'
import { isObsolete, type Refusal, type Situation } from './refusal'

/** The last refusal of an action on an event. It ends when it becomes obsolete, and with the component. */
export function useRefusal(event: () => ShownEvent): ComputedRef<Refusal | undefined> {
  const attendance = useAttendance()
  const live = useLive()
  const refusal = computed(() => attendance.refusals.get(event().id))
  const situation = (): Situation => ({
    status: event().status,
    free: freeSeats(event()),
    standing: attendance.standing(event().id),
    connection: live.state.value,
  })

  // The situation is only watched after a refusal, because a list has up to 500 cards.
  watch(
    () => refusal.value && { refusal: refusal.value, situation: situation() },
    (now, before) => {
      if (!now || now.refusal !== before?.refusal) return
      if (isObsolete(now.refusal, before.situation, now.situation)) attendance.clearRefusal(event().id)
    },
  )
  onScopeDispose(() => attendance.clearRefusal(event().id))

  return refusal
}
