import { computed, onScopeDispose, watch, type ComputedRef } from 'vue'
import { useLive } from '@/live/browser'
import { freeSeats } from '@/seats/capacity'
import { useAttendance, type Shown } from './attendance'
import { isObsolete, type Refusal, type Situation } from './refusal'

/** Why the last action on an event was refused, as long as the reason holds and the component lives. */
export function useRefusal(event: () => Shown): ComputedRef<Refusal | undefined> {
  const attendance = useAttendance()
  const live = useLive()
  const refusal = computed(() => attendance.refused.get(event().id))
  const situation = (): Situation => ({
    status: event().status,
    free: freeSeats(event()),
    standing: attendance.standing(event().id),
    connection: live.state.value,
  })

  // The situation is only watched after a refusal: a list has 500 of these.
  watch(
    () => refusal.value && { refusal: refusal.value, situation: situation() },
    (now, before) => {
      if (!now || now.refusal !== before?.refusal) return
      if (isObsolete(now.refusal, before.situation, now.situation)) attendance.forget(event().id)
    },
  )
  onScopeDispose(() => attendance.forget(event().id))

  return refusal
}
