import { api } from '@/api/api'
import type { AttendeeItem } from '@/api/generated'

/** Guests of one request, at most. */
const PAGE_ITEMS = 500

/**
 * Everyone who has a seat, or waits, in the order of joining.
 *
 * @throws AxiosError if the server does not answer.
 */
export async function loadGuests(event: string, status: AttendeeItem['status']): Promise<AttendeeItem[]> {
  const guests = new Map<string, AttendeeItem>()
  let after: number | null = 0
  while (after !== null) {
    const query: { status: AttendeeItem['status']; after: number; limit: number } = { status, after, limit: PAGE_ITEMS }
    const { data } = await api.listAttendees({ path: { event }, query })
    for (const guest of data.items) guests.set(guest.key, guest)
    after = data.next
  }
  return [...guests.values()]
}
