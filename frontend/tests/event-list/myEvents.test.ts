import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import type { ListWindow } from '@/event-list/listWindow'
import { headingOf } from '@/event-list/mySections'
import { useEvents, type Events } from '@/event-list/useEvents'
import type { Query } from '@/event-list/useEventsQuery'
import type { ListRequest } from '@/event-list/useListRequest'
import { useSession } from '@/session/session'
import { card, list, mine } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const FIRST = 'me?when=upcoming&limit=150'
const COMING = 'me?when=upcoming&limit=1'
const PAST = 'me?when=past&limit=1'
const DAY: ListWindow = { after: { rank: 500, key: '' } }
const FROM_DAY = 'me?when=upcoming&after=500&limit=150'

let on: Stage
const request = shallowRef<ListRequest>(requestOf({}))

function requestOf(query: Partial<Query>, window: ListWindow = {}): ListRequest {
  return { query: { when: 'mine', q: '', tag: '', from: '', ...query }, window, visit: 0, target: { is: 'start' } }
}

beforeEach(() => (on = stage()))

/** Opens a list of a person; null for a visitor. */
async function show(first: ListRequest, person: string | null = 'ada'): Promise<Events> {
  request.value = first
  let events: Events | undefined
  on.run(() => useSession())
  on.mount(
    defineComponent(() => {
      events = useEvents(() => request.value)
      return () => h('div')
    }),
  )
  on.server.hello(person)
  await flushPromises()
  return events!
}

async function answer(view: string, total: number, before: number, ...ids: string[]): Promise<void> {
  const cards = ids.map((id) => card({ id }))
  const relations = ids.map((id) => mine({ event: id, organizing: id.startsWith('organized') }))
  on.server.snapshot(view, [list(total, before), ...cards, ...relations])
  await flushPromises()
}

const watched = (): string[] =>
  on.server.socket.sent.flatMap((message) => (message.type === 'watch' ? [message.view] : []))
const ids = ({ cards }: Events): string[] => cards.value.map(({ id }) => id)

test('a list that fits one window is in sections; the parts have their totals', async () => {
  const events = await show(requestOf({}))
  expect(events.loading.value).toBe(true)
  await answer(FIRST, 2, 0, 'goes', 'organized')
  await answer(COMING, 2, 0, 'goes')
  await answer(PAST, 7, 0, 'over')
  expect(events.loading.value).toBe(false)
  expect(events.cards.value.map(({ id, section }) => [id, headingOf(section!)])).toEqual([
    ['organized', 'You organize'],
    ['goes', "You're going"],
  ])
  expect(events.extent.value).toMatchObject({ before: 0, hasMore: false, isInSections: true })
  expect([events.myTotals.coming.value, events.myTotals.past.value]).toEqual([2, 7])
})

test('of 1,800 own events a window is loaded, without sections', async () => {
  const events = await show(requestOf({}))
  await answer(FIRST, 1_800, 0, 'goes', 'organized')
  expect(ids(events)).toEqual(['goes', 'organized'])
  expect(events.cards.value[0]?.section).toBeUndefined()
  expect(events.total.value).toBe(1_800)
  expect(events.extent.value).toEqual({ before: 0, hasMore: true, order: 'ascending' })
})

test('a short list opens at a day as a whole', async () => {
  const events = await show(requestOf({}, DAY))
  expect(events.loading.value).toBe(true)
  expect(watched()).not.toContain(FROM_DAY)
  await answer(COMING, 2, 0, 'goes')
  await answer(FIRST, 2, 0, 'goes', 'organized')
  expect(ids(events)).toEqual(['organized', 'goes'])
  expect(watched()).not.toContain(FROM_DAY)
})

test('a long list opens at a day with the window of that day', async () => {
  const events = await show(requestOf({}, DAY))
  await answer(COMING, 151, 0, 'first')
  expect(events.loading.value).toBe(true)
  expect(watched()).not.toContain(FIRST)
  await answer(FROM_DAY, 151, 90, 'goes')
  expect(events.loading.value).toBe(false)
  expect(events.extent.value).toEqual({ before: 90, hasMore: true, order: 'ascending' })
})

test('a list whose total is refused opens at a day as it was asked for', async () => {
  const events = await show(requestOf({}, DAY))
  on.server.socket.say({ type: 'fail', view: COMING, code: 'unavailable', detail: 'Too many lists are open.' })
  await answer(FROM_DAY, 9, 8, 'goes')
  expect(ids(events)).toEqual(['goes'])
  expect([events.loading.value, events.myTotals.coming.value]).toEqual([false, null])
})

test('a list that outgrows one window loses its sections, and follows the window', async () => {
  const events = await show(requestOf({}, DAY))
  await answer(COMING, 150, 0, 'first')
  await answer(FIRST, 1, 0, 'organized')
  expect(events.extent.value.isInSections).toBe(true)
  on.server.patch(COMING, 'e-2', [list(151)])
  await answer(FROM_DAY, 151, 150, 'goes')
  expect(events.extent.value).toEqual({ before: 150, hasMore: false, order: 'ascending' })
})

test('the end of a long list has no sections', async () => {
  const events = await show(requestOf({}, DAY))
  await answer(COMING, 151, 0, 'first')
  await answer(FROM_DAY, 151, 150, 'goes')
  expect(events.cards.value[0]?.section).toBeUndefined()
})

test('the past is a list by day, from the last event on', async () => {
  const events = await show(requestOf({ when: 'mine-past' }, DAY))
  await answer('me?when=past&after=500&limit=150', 9, 8, 'over')
  expect(events.cards.value[0]?.section).toBeUndefined()
  expect(events.extent.value).toEqual({ before: 8, hasMore: false, order: 'descending' })
})

test('words and a tag are the gateway’s to find, in the list and in the totals', async () => {
  const events = await show(requestOf({ q: 'pic nic', tag: 'x' }))
  const filter = '&q=pic+nic&tag=x'
  await answer(`me?when=upcoming${filter}&limit=150`, 1, 0, 'found')
  await answer(`me?when=upcoming${filter}&limit=1`, 1, 0, 'found')
  await answer(`me?when=past${filter}&limit=1`, 0, 0)
  expect(ids(events)).toEqual(['found'])
  expect([events.myTotals.coming.value, events.myTotals.past.value]).toEqual([1, 0])
})

test('a visitor has no events of their own, and the server is not asked', async () => {
  const events = await show(requestOf({}), null)
  expect(watched().filter((view) => view.startsWith('me'))).toEqual([])
  expect([events.loading.value, events.total.value, events.trouble.value]).toEqual([false, 0, null])
})

test('the totals of one’s own events are not asked for beside other lists', async () => {
  await show(requestOf({ when: 'upcoming' }))
  expect(watched().filter((view) => view.startsWith('me?'))).toEqual([])
})
