/** Shows one card of the list. */
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import EventCard from '@/event-list/EventCard.vue'
import type { Card, MineItem } from '@/live/generated'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { card, STARTS_AT, user } from './items'
import type { Stage } from './mounting'

/** When cards are looked at: before the event starts. */
export const NOW = STARTS_AT - 1_000

/** A card while Ada is signed in, and her view says how she stands. */
export async function showCard(on: Stage, change: Partial<Card> = {}, ...items: MineItem[]): Promise<VueWrapper> {
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user(), ...items], 'e-5')
  return on.mount(EventCard, { card: card(change), now: NOW })
}

/** The label of the card's button, where it has one. */
export function button(wrapper: VueWrapper): string | undefined {
  const found = wrapper.find('button')
  return found.exists() ? found.text() : undefined
}
