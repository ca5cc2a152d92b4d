import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import type { ListWindow } from '@/event-list/listWindow'
import { useEvents, type Events } from '@/event-list/useEvents'
import type { When } from '@/event-list/useEventsQuery'
import type { ListRequest } from '@/event-list/useListRequest'
import { card, list } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const request = shallowRef<ListRequest>(requestOf('upcoming'))

function requestOf(when: When, q = '', window: ListWindow = {}): ListRequest {
  return { query: { when, q, tag: '', from: '' }, window, visit: 0, target: { is: 'start' } }
}

function showEvents(on: Stage, first: ListRequest): Events {
  request.value = first
  let events: Events | undefined
  on.mount(
    defineComponent(() => {
      events = useEvents(() => request.value)
      return () => h('div')
    }),
  )
  on.server.hello()
  return events!
}

test.each([
  ['upcoming', 2, 0, { before: 0, hasMore: false, order: 'ascending' }],
  ['upcoming', 3, 0, { before: 0, hasMore: true, order: 'ascending' }],
  ['upcoming', 9, 7, { before: 7, hasMore: false, order: 'ascending' }],
  ['past', 51, 7, { before: 7, hasMore: true, order: 'descending' }],
] as const)(
  'a window of %s events, %i in all, %i before, knows what is around it',
  async (when, total, before, expected) => {
    const on = stage()
    const events = showEvents(on, requestOf(when))
    on.server.snapshot(`events?when=${when}&limit=150`, [list(total, before), card({ id: 'a' }), card({ id: 'b' })])
    await flushPromises()
    expect(events.extent.value).toEqual(expected)
    expect(events.total.value).toBe(total)
  },
)

test('the old window stays until the next one has loaded', async () => {
  const on = stage()
  const events = showEvents(on, requestOf('upcoming'))
  on.server.snapshot('events?when=upcoming&limit=150', [list(300), card({ id: 'a' })])
  await flushPromises()
  const first = events.shown.value
  request.value = { ...first, window: { after: { rank: 5, key: 'card:a' } } }
  await flushPromises()
  expect(on.server.socket.sent.at(-1)).toEqual({ type: 'watch', view: 'events?when=upcoming&after=5-a&limit=150' })
  expect(events.cards.value.map(({ id }) => id)).toEqual(['a'])
  expect(events.shown.value).toBe(first)
  const [kept] = events.cards.value
  const next = [list(300, 1), card({ id: 'a' }), card({ id: 'b' })]
  on.server.snapshot('events?when=upcoming&after=5-a&limit=150', next)
  await flushPromises()
  expect(events.cards.value.map(({ id }) => id)).toEqual(['a', 'b'])
  // Not rendered again.
  expect(events.cards.value[0]).toBe(kept)
  expect(events.shown.value).toBe(request.value)
})

test('a list that the gateway has closed keeps its cards, says why, and is not asked for again', async () => {
  const on = stage()
  const events = showEvents(on, requestOf('upcoming', 'chess'))
  const view = 'events?when=upcoming&q=chess&limit=150'
  on.server.snapshot(view, [list(1), card({ id: 'a' })])
  await flushPromises()
  const sent = on.server.socket.sent.length
  on.server.socket.say({ type: 'fail', view, code: 'unavailable', detail: 'Too many searches are open.' })
  await flushPromises()
  expect(events.trouble.value).toBe('Too many searches are open.')
  expect(events.cards.value).toHaveLength(1)
  expect(on.server.socket.sent).toHaveLength(sent)
})

test('a search that is too long is not cut: the page says so, and does not ask', async () => {
  const on = stage()
  const events = showEvents(on, requestOf('upcoming', '🎲'.repeat(103)))
  await flushPromises()
  expect(events.trouble.value).toBe('A search can have up to 100 characters. Remove 3.')
  expect(JSON.stringify(on.server.socket.sent)).not.toContain('events?')
})

test('a window that is refused leaves the last one in place', async () => {
  const on = stage()
  const events = showEvents(on, requestOf('upcoming'))
  on.server.snapshot('events?when=upcoming&limit=150', [list(300), card({ id: 'a' })])
  await flushPromises()
  const { value: extent } = events.extent
  request.value = { ...request.value, window: { after: { rank: 5, key: 'card:a' } } }
  await flushPromises()
  const view = 'events?when=upcoming&after=5-a&limit=150'
  on.server.socket.say({ type: 'fail', view, code: 'unavailable', detail: 'Too many lists are open.' })
  await flushPromises()
  expect(events.cards.value.map(({ id }) => id)).toEqual(['a'])
  expect(events.extent.value).toEqual(extent)
  expect(events.trouble.value).toBe('Too many lists are open.')
})
