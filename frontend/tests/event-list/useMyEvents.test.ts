import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import CardFacts from '@/event-list/CardFacts.vue'
import { headingOf } from '@/event-list/mySections'
import { isSameTag, useMyEvents } from '@/event-list/useMyEvents'
import type { Query } from '@/event-list/useEventsQuery'
import { ME } from '@/live/liveViews'
import type { Item } from '@/live/replica'
import { useSession } from '@/session/session'
import { card, mine, STARTS_AT } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const DAY_MS = 86_400_000
const USER = { kind: 'user', key: 'user', rank: 0, id: 'ada', name: 'Ada' } as const

let on: Stage
const query = shallowRef<Query>({ when: 'mine', q: '', tag: '', from: '' })

beforeEach(() => {
  on = stage()
  query.value = { when: 'mine', q: '', tag: '', from: '' }
})

/** Shows the list of Ada, whose events are these. */
async function showMine(...items: Item[]): Promise<ReturnType<typeof useMyEvents>> {
  let found: ReturnType<typeof useMyEvents> | undefined
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  on.mount(
    defineComponent(() => {
      found = useMyEvents(() => query.value)
      return () => h('div')
    }),
  )
  on.server.snapshot(ME, [USER, ...items])
  await flushPromises()
  return found!
}

test('events to come are in sections, each by time; one that one organizes and attends stands once', async () => {
  const later = STARTS_AT + DAY_MS
  const found = await showMine(
    card({ id: 'waits' }),
    mine({ event: 'waits', status: 'waitlisted' }),
    card({ id: 'goes' }),
    mine({ event: 'goes' }),
    card({ id: 'both', starts_at: later }),
    mine({ event: 'both', organizing: true }),
    card({ id: 'organizes' }),
    mine({ event: 'organizes', organizing: true, status: null, party: 0 }),
  )
  expect(found.cards.value.map(({ id, section }) => [id, headingOf(section!)])).toEqual([
    ['organizes', 'You organize'],
    ['both', 'You organize'],
    ['goes', "You're going"],
    ['waits', 'On the waitlist'],
  ])
})

test('events that have ended are apart, the last one first', async () => {
  const found = await showMine(
    card({ id: 'long ago', starts_at: STARTS_AT - 9 * DAY_MS }),
    card({ id: 'lately', starts_at: STARTS_AT - 2 * DAY_MS }),
    card({ id: 'to come' }),
  )
  expect(found.cards.value.map(({ id }) => id)).toEqual(['to come'])
  expect(found.counts.value).toEqual({ coming: 1, past: 2 })
  query.value = { ...query.value, when: 'mine-past' }
  expect(found.cards.value.map(({ id }) => id)).toEqual(['lately', 'long ago'])
})

test('a search is the gateway’s', async () => {
  const found = await showMine(card({ id: 'a' }), card({ id: 'b' }))
  query.value = { ...query.value, q: 'pic nic' }
  await flushPromises()
  on.server.snapshot('me?q=pic+nic', [card({ id: 'b' }), mine({ event: 'b' })])
  await flushPromises()
  expect(found.cards.value.map(({ id }) => id)).toEqual(['b'])
})

test('a tag filters, in any case', async () => {
  const found = await showMine(card({ id: 'a', tags: ['Straße'] }), card({ id: 'b', tags: ['x'] }))
  query.value = { ...query.value, tag: 'STRASSE' }
  expect(found.cards.value.map(({ id }) => id)).toEqual(['a'])
})

test.each([
  ['ΟΔΟΣ', 'οδος', true],
  ['music', 'Music', true],
  ['music', 'musical', false],
])('the tags %s and %s are the same: %s', (one, other, expected) => expect(isSameTag(one, other)).toBe(expected))

test('a tag keeps the list that is open and its words', async () => {
  await on.router.push('/?when=past&q=go&tag=music&from=2026-11-01')
  const link = on.mount(CardFacts, { card: card({ tags: ['board games'], link: '' }) }).find('a')
  expect(link.attributes('href')).toBe('/?when=past&q=go&tag=board+games')
})
