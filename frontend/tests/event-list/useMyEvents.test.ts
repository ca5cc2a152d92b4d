import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import CardFacts from '@/event-list/CardFacts.vue'
import { matches, useMyEvents } from '@/event-list/useMyEvents'
import type { Query } from '@/event-list/useEventsQuery'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { card } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEach(() => (on = stage()))

test.each([
  ['Straße', 'STRASSE'],
  ['STRASSE', 'straße'],
  ['ΟΔΟΣ', 'οδος'],
])('"%s" is found by "%s", as on the server', (title, q) => {
  expect(matches(card({ title }), q, '')).toBe(true)
})

test('a text in the description finds the viewer’s events too', async () => {
  const query: Query = { when: 'mine', q: 'picnic', tag: '', limit: 50 }
  let found: ReturnType<typeof useMyEvents> | undefined
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  on.mount(
    defineComponent(() => {
      found = useMyEvents(() => query)
      return () => h('div')
    }),
  )
  const own = [card({ id: 'a' }), card({ id: 'b' }), card({ id: 'c', title: 'Picnic' })]
  on.server.snapshot(ME, [{ kind: 'user', key: 'user', rank: 0, id: 'ada', name: 'Ada' }, ...own])
  await flushPromises()
  expect(found?.value.map(({ id }) => id)).toEqual(['c'])
  on.server.snapshot('events?when=upcoming&q=picnic&limit=500', [card({ id: 'b' }), card({ id: 'other' })])
  on.server.snapshot('events?when=past&q=picnic&limit=500', [])
  await flushPromises()
  expect(found?.value.map(({ id }) => id)).toEqual(['b', 'c'])
})

test('a tag keeps the list that is open and its words', async () => {
  await on.router.push('/?when=past&q=go&tag=music&limit=150')
  const link = on.mount(CardFacts, { card: card({ tags: ['board games'], link: '' }) }).find('a')
  expect(link.attributes('href')).toBe('/?when=past&q=go&tag=board+games')
})

test.each([
  ['', '', true],
  ['board DEPOT', '', true],
  ['board zoo', '', false],
  ['olga', 'games', true],
  ['', 'music', false],
  ['BOARD', 'Games', true],
])('words "%s" and tag "%s" match: %s', (q, tag, expected) => {
  expect(matches(card(), q, tag)).toBe(expected)
})
