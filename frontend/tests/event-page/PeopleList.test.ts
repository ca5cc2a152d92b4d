import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import PeopleList from '@/event-page/PeopleList.vue'
import type { AttendeeItem, ListItem } from '@/live/generated'
import type { Item } from '@/live/replica'
import { attendee } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const LIVE = 100
let on: Stage

/** People whose rank is their number. */
const people = (from: number, to: number): AttendeeItem[] =>
  Array.from({ length: to - from }, (_, index) => attendee(`P${String(from + index)}`, { rank: from + index }))
const list = (total: number, before = 0): ListItem => ({ kind: 'list', key: 'list', rank: -1, total, before })
const address = (rest = ''): string => `events/abc/people?status=going${rest}&limit=500`

beforeEach(() => {
  // The tests' DOM has no layout, and rows of no height would all be rendered.
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(44)
  on = stage()
  on.server.hello()
})

function mounted(count: number, status: AttendeeItem['status'] = 'going'): VueWrapper {
  const live = people(1, Math.min(count, LIVE) + 1).map((each) => ({ ...each, status }))
  const hosts = [{ id: 'org', name: 'Olga' }]
  const props = { event: 'abc', status, hosts, others: [], me: null, removable: false }
  return on.mount(PeopleList, { ...props, people: live, seats: count })
}

async function receive(view: string, items: Item[]): Promise<void> {
  on.server.snapshot(view, items)
  await flushPromises()
}

const size = (wrapper: VueWrapper): string | undefined => wrapper.find('[data-attendee]').attributes('aria-setsize')
const shown = (wrapper: VueWrapper): string[] =>
  wrapper.findAll('[data-attendee]').map((each) => each.attributes('data-attendee') ?? '')
const watched = (): string[] => on.live.watchedAddresses()
const more = (wrapper: VueWrapper) => wrapper.findAll('button').find((each) => each.text() === 'Show more people')

test('a short list opens no window, and has no tools', () => {
  const wrapper = mounted(12)
  expect(shown(wrapper)).toHaveLength(12)
  expect(wrapper.find('input, select, button').exists()).toBe(false)
  expect(watched()).toEqual([])
})

describe('beyond the first hundred', () => {
  async function opened(): Promise<VueWrapper> {
    const wrapper = mounted(700)
    await more(wrapper)?.trigger('click')
    await receive(address(), [...people(1, 501), list(700)])
    await more(wrapper)?.trigger('click')
    await receive(address('&after=500'), [...people(501, 701), list(700, 500)])
    return wrapper
  }

  test('windows follow each other until all are there', async () => {
    const wrapper = await opened()
    expect(size(wrapper)).toBe('700')
    expect(more(wrapper)).toBeUndefined()
    expect(watched()).toEqual([address(), address('&after=500')])
  })

  test('arrivals appear and leavers vanish, without anyone twice', async () => {
    const wrapper = await opened()
    on.server.patch(address('&after=500'), 'e-2', [...people(701, 702), list(701, 500)])
    await wrapper.setProps({ seats: 701 })
    await flushPromises()
    expect(size(wrapper)).toBe('701')
    // One of the first leaves: the first of the second window is in both.
    on.server.patch(address(), 'e-3', [...people(501, 502), list(700)], ['attendee:p3'])
    on.server.patch(address('&after=500'), 'e-3', [list(700, 499)])
    await flushPromises()
    expect(size(wrapper)).toBe('700')
    expect(shown(wrapper)).not.toContain('p3')
    expect(watched()).toEqual([address(), address('&after=500')])
  })

  test('a promotion into the first window leaves no gap', async () => {
    const wrapper = await opened()
    on.server.patch(address(), 'e-2', [attendee('Early', { rank: 0 }), list(701)], ['attendee:p500'])
    await flushPromises()
    expect(watched()).toEqual([address(), address('&after=499')])
    await receive(address('&after=499'), [...people(500, 701), list(701, 500)])
    expect(size(wrapper)).toBe('701')
  })
})

describe('a search', () => {
  async function search(wrapper: VueWrapper, words: string): Promise<void> {
    await wrapper.find('input').setValue(words)
    await vi.waitFor(() => expect(watched()).toContain(address(`&q=${words}`)))
  }

  test('asks the server, and says how many it found', async () => {
    const wrapper = mounted(700)
    await search(wrapper, 'p6')
    await receive(address('&q=p6'), [...people(6, 7), ...people(60, 70), list(11)])
    expect(shown(wrapper)).toHaveLength(11)
    expect(wrapper.find('[role=status]').text()).toBe('11 people found.')
    await wrapper.find('input').trigger('keydown', { key: 'Escape' })
    await vi.waitFor(() => expect(watched()).toEqual([]))
    expect(wrapper.find('[role=status]').text()).toBe('')
  })

  test('that finds no one says so', async () => {
    const wrapper = mounted(20)
    await search(wrapper, 'x')
    await receive(address('&q=x'), [list(0)])
    expect(shown(wrapper)).toEqual([])
    expect(wrapper.find('[role=status]').text()).toBe('No one by that name.')
  })

  test('keeps the numbers of the waitlist', async () => {
    const wrapper = mounted(20, 'waitlisted')
    const view = 'events/abc/people?status=waitlisted&q=p17&limit=500'
    await wrapper.find('input').setValue('p17')
    await vi.waitFor(() => expect(watched()).toEqual([view]))
    await receive(view, [...people(17, 18).map((each) => ({ ...each, status: 'waitlisted' as const })), list(1)])
    expect(wrapper.find('[data-attendee]').text()).toBe('17P17')
  })
})

describe('another order', () => {
  test('loads everyone', async () => {
    const wrapper = mounted(700)
    await wrapper.find('select').setValue('name')
    await receive(address(), [...people(1, 501), list(700)])
    await receive(address('&after=500'), [...people(501, 701), list(700, 500)])
    expect(size(wrapper)).toBe('700')
    expect(shown(wrapper).slice(0, 3)).toEqual(['p1', 'p2', 'p3'])
  })

  test('is not offered where not everyone can be loaded, and the page says so', async () => {
    const wrapper = mounted(6000)
    await wrapper.find('select').setValue('name')
    for (let first = 0; first < 5000; first += 500) {
      const after = first === 0 ? '' : `&after=${String(first)}`
      await receive(address(after), [...people(first + 1, first + 501), list(6000, first)])
      await more(wrapper)?.trigger('click')
    }
    expect(wrapper.find('select').exists()).toBe(false)
    expect(wrapper.text()).toContain('These are the first 5,000 of 6,000, in the order of joining.')
    expect(watched()).toHaveLength(10)
  })
})
