import { readonly, ref, type Ref } from 'vue'

const STEP_MS = 15_000

const now = ref(Date.now())
let timer: ReturnType<typeof setInterval> | undefined

/** The time, in steps of a quarter of a minute; one clock for the whole page. */
export function useNow(): Readonly<Ref<number>> {
  timer ??= setInterval(() => (now.value = Date.now()), STEP_MS)
  return readonly(now)
}
