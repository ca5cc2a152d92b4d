import { useIntervalFn } from '@vueuse/core'
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { api } from '@/api/api'
import { write } from '@/api/write'
import { useAttempt, type Attempt } from '@/shell/useAttempt'

/** A code that signs another device in, once. */
export interface DeviceCode extends Omit<Attempt, 'attempt'> {
  /** Such as `ABCD-EFGH`; null before the first. */
  code: ShallowRef<string | null>
  /** Whole seconds for which it still works. */
  secondsLeft: ComputedRef<number>
  make: () => void
}

export function useDeviceCode(): DeviceCode {
  const { problem, isBusy, attempt } = useAttempt()
  const code = shallowRef<string | null>(null)
  const endsAt = shallowRef(0)
  const now = shallowRef(0)
  const tick = (): void => void (now.value = Date.now())
  useIntervalFn(tick, 1_000)

  async function make(): Promise<void> {
    const { data } = await write(() => api.createCode())
    code.value = data.code
    tick()
    endsAt.value = now.value + data.expires_in_s * 1_000
  }

  return {
    problem,
    isBusy,
    code,
    secondsLeft: computed(() => Math.max(0, Math.ceil((endsAt.value - now.value) / 1_000))),
    make: () => void attempt(make),
  }
}

/** `9:05` for 545 seconds. */
export function clockWords(seconds: number): string {
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`
}
