import { useEventListener } from '@vueuse/core'
import { computed, onScopeDispose, reactive, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { Rejection } from '@/api/rejection'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'
import { useConfirmation } from '@/shell/confirmation'
import { addAll, type EarlyEnd, type EventState } from './addAll'
import { addEvent } from './addEvent'
import type { FileEvent } from './fileEvents'
import { doneWords, earlyEndWords, progressWords, restWords, tallyOf, waitWords, type Tally } from './runWords'

/** The reason for which an import needs a name. Its title stands in "Everyone who opens … sees it." */
export const NAME_REASON = { action: 'Continue', title: 'your events' }

/** The parts of a run that are announced: its quarters. */
const ANNOUNCED_PARTS = 4

/** A run that adds the chosen events of a file. */
export interface Run {
  /** The events of the run; null before it begins. */
  events: ShallowRef<readonly FileEvent[] | null>
  /** The states of the events, by their numbers. */
  states: ReadonlyMap<number, EventState>
  tally: ComputedRef<Tally>
  isRunning: Ref<boolean>
  /** The words about a break that the server asks for; empty for none. */
  pause: Ref<string>
  /** The words for which the last run ended early; empty if it did not, or a person stopped it. */
  problem: Ref<string>
  /** Begins, or goes on with the events that are not added. */
  start: (events: readonly FileEvent[]) => Promise<void>
  stop: () => void
  /** Forgets everything. */
  reset: () => void
}

/** The run of a page. Leaving the page while it runs asks first. */
export function useRun(): Run {
  const session = useSession()
  const announcer = useAnnouncer()
  const confirmation = useConfirmation()
  const events = shallowRef<readonly FileEvent[] | null>(null)
  const states = reactive(new Map<number, EventState>())
  const isRunning = ref(false)
  const pause = ref('')
  const problem = ref('')
  const tally = computed(() => tallyOf((events.value ?? []).map(({ number }) => states.get(number))))
  const isTried = new Set<number>()
  /** The moment before which the server wants no further event, by this page's clock. */
  let notBefore = 0
  let isStopped = false
  let endWait = (): void => undefined

  async function wait(ms: number): Promise<void> {
    if (ms <= 0) return
    pause.value = `The server asks for a break. It goes on in ${waitWords(ms)}.`
    announcer.announce(pause.value)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      endWait = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    pause.value = ''
  }

  function show({ number }: FileEvent, state: EventState | null): void {
    const part = (): number =>
      Math.floor(((tally.value.total - tally.value.left) * ANNOUNCED_PARTS) / tally.value.total)
    const before = part()
    if (state) states.set(number, state)
    else states.delete(number)
    const isEnd = tally.value.left === 0
    if (part() > before && !isEnd) announcer.announce(`${progressWords(tally.value)} events`)
  }

  /** @throws Rejection if the session has ended. */
  async function addRest(): Promise<EarlyEnd | null> {
    const rest = (events.value ?? []).filter(({ number }) => states.get(number)?.kind !== 'added')
    for (const { number } of rest) states.delete(number)
    await wait(notBefore - performance.now())
    return addAll(rest, {
      send: async ({ number, draft, key }) => {
        if (!draft) throw new Error(`event ${String(number)} of the file has no draft`)
        const isRetry = isTried.has(number)
        isTried.add(number)
        return addEvent(draft, key, isRetry)
      },
      wait,
      show,
      isStopped: () => isStopped,
    })
  }

  async function start(chosen: readonly FileEvent[]): Promise<void> {
    if (isRunning.value) return
    events.value = chosen
    isRunning.value = true
    isStopped = false
    problem.value = ''
    try {
      await session.act(NAME_REASON, async () => {
        const end = await addRest()
        problem.value = end ? earlyEndWords(end) : ''
        notBefore = performance.now() + (end?.waitMs ?? 0)
      })
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      problem.value = error.detail
    } finally {
      for (const [number, { kind }] of states) if (kind === 'sending') states.delete(number)
      isRunning.value = false
      pause.value = ''
      announcer.announce([`${doneWords(tally.value)}.`, restWords(tally.value), problem.value].join(' ').trim())
    }
  }

  function stop(): void {
    isStopped = true
    endWait()
  }

  function reset(): void {
    events.value = null
    states.clear()
    isTried.clear()
    problem.value = ''
  }

  useEventListener(window, 'beforeunload', (event) => {
    if (isRunning.value) event.preventDefault()
  })
  onBeforeRouteLeave(async () => {
    if (!isRunning.value) return true
    const answer = await confirmation.ask({
      title: 'Stop adding events?',
      text: 'Those that are added stay. The others are left out.',
      confirm: 'Stop and leave',
      dismiss: 'Stay here',
    })
    return answer === 'confirm' || !isRunning.value
  })
  onScopeDispose(stop)

  return { events, states, tally, isRunning, pause, problem, start, stop, reset }
}
