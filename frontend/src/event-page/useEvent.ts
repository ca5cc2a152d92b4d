import { computed, type ComputedRef } from 'vue'
import { eventAddress } from '@/live/addresses'
import { useLive } from '@/live/browser'
import type { AttendeeItem, EventItem, Fail } from '@/live/generated'
import { useView } from '@/live/useView'

/** One event, live. */
export interface LiveEvent {
  /** Null while the event loads, and after it was deleted. */
  event: ComputedRef<EventItem | null>
  /** False while only the card of a list is known: without the description and the attendees. */
  isWhole: ComputedRef<boolean>
  /** The first attendees with seats, in the order in which they joined. */
  going: ComputedRef<readonly AttendeeItem[]>
  waiting: ComputedRef<readonly AttendeeItem[]>
  looking: ComputedRef<number>
  /** Why the event can't be shown: deleted, or never created. */
  fail: ComputedRef<Fail | null>
  /** Why the shown event is no longer updated; null while it is. */
  trouble: ComputedRef<string | null>
}

/** Watches one event. Until its view has loaded, the card of a list is shown. */
export function useEvent(id: () => string): LiveEvent {
  const live = useLive()
  const view = useView(() => eventAddress(id()))
  const attendees = computed(() => view.items.value.filter((item) => item.kind === 'attendee'))
  const whole = computed(() => view.items.value.find((item) => item.kind === 'event') ?? null)
  const event = computed(() => whole.value ?? fromCard(live.find(`card:${id()}`), view.fail.value))
  const isPaused = computed(() => view.fail.value?.code === 'unavailable' && event.value !== null)
  return {
    event,
    isWhole: computed(() => whole.value !== null),
    going: computed(() => attendees.value.filter(({ status }) => status === 'going')),
    waiting: computed(() => attendees.value.filter(({ status }) => status === 'waitlisted')),
    looking: computed(() => view.items.value.find((item) => item.kind === 'presence')?.looking ?? 0),
    fail: computed(() => (isPaused.value ? null : view.fail.value)),
    trouble: computed(() => (isPaused.value ? (view.fail.value?.detail ?? null) : null)),
  }
}

function fromCard(item: ReturnType<ReturnType<typeof useLive>['find']>, fail: Fail | null): EventItem | null {
  if (item?.kind !== 'card' || fail) return null
  return { ...item, kind: 'event', key: `event:${item.id}`, description: '', created_at: 0 }
}
