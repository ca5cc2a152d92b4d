import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { useEvents, type Events } from '@/event-list/useEvents'
import { card } from '../support/items'
import { stage } from '../support/mounting'

test.each([
  ['upcoming', 2, { hasMore: false, order: 'ascending' }],
  ['upcoming', 3, { hasMore: true, order: 'ascending' }],
  ['past', 51, { hasMore: true, order: 'descending' }],
] as const)('a list of %s events, %i in all, knows whether it has more', async (when, total, expected) => {
  const on = stage()
  let events: Events | undefined
  on.mount(
    defineComponent(() => {
      events = useEvents(() => ({ when, q: '', tag: '', limit: 50 }))
      return () => h('div')
    }),
  )
  on.server.hello()
  on.server.snapshot(`events?when=${when}`, [
    { kind: 'list', key: 'list', rank: 0, total, before: 0 },
    card({ id: 'a' }),
    card({ id: 'b' }),
  ])
  await flushPromises()
  expect(events?.extent.value).toEqual(expected)
})

test('a list that the gateway has closed keeps its cards, says why, and is not asked for again', async () => {
  const on = stage()
  let events: Events | undefined
  on.mount(
    defineComponent(() => {
      events = useEvents(() => ({ when: 'upcoming', q: 'chess', tag: '', limit: 50 }))
      return () => h('div')
    }),
  )
  on.server.hello()
  const view = 'events?when=upcoming&q=chess'
  on.server.snapshot(view, [{ kind: 'list', key: 'list', rank: 0, total: 1, before: 0 }, card({ id: 'a' })])
  await flushPromises()
  const sent = on.server.socket.sent.length
  on.server.socket.say({ type: 'fail', view, code: 'unavailable', detail: 'Too many searches are open.' })
  await flushPromises()
  expect(events?.trouble.value).toBe('Too many searches are open.')
  expect(events?.cards.value).toHaveLength(1)
  expect(on.server.socket.sent).toHaveLength(sent)
})

test('a search that is too long is not cut: the page says so, and does not ask', async () => {
  const on = stage()
  let events: Events | undefined
  on.mount(
    defineComponent(() => {
      events = useEvents(() => ({ when: 'upcoming', q: '🎲'.repeat(103), tag: '', limit: 50 }))
      return () => h('div')
    }),
  )
  on.server.hello()
  await flushPromises()
  expect(events?.trouble.value).toBe('A search can have up to 100 characters. Remove 3.')
  expect(JSON.stringify(on.server.socket.sent)).not.toContain('events?')
})
