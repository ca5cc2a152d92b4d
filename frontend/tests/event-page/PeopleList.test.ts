import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import type { AttendeeItem } from '@/api/generated'
import PeopleList from '@/event-page/PeopleList.vue'
import { answerHttp, type Call } from '../support/http'
import { attendee } from '../support/items'
import { stage, type Stage } from '../support/mounting'

/** All attendees, in the order of joining; the live view holds the first three of them. */
let all: AttendeeItem[]
let calls: Call[]
let on: Stage

const LIVE = 3
const people = (...names: string[]): AttendeeItem[] =>
  names.map((name) => attendee(name, { rank: name.charCodeAt(0) - 64 }))
const live = (): Record<string, unknown> => ({ people: all.slice(0, LIVE), seats: all.length })
const shown = (list: VueWrapper): string =>
  list
    .findAll('li')
    .map((each) => each.attributes('data-attendee'))
    .join('')
const asked = (): string[] => calls.map(({ url }) => url)

beforeEach(() => {
  on = stage()
  all = people('A', 'B', 'D', 'E', 'F', 'G')
  calls = answerHttp(({ url }) => {
    const after = Number(new URL(url, 'http://turnout').searchParams.get('after'))
    const behind = all.filter(({ rank }) => rank > after)
    const items = behind.slice(0, 2)
    return { status: 200, data: { at: 'e-1', items, next: behind.length > 2 ? items.at(-1)?.rank : null } }
  })
})

async function list(): Promise<VueWrapper> {
  const wrapper = on.mount(PeopleList, { event: 'abc', status: 'going', me: null, removable: false, ...live() })
  await more(wrapper)
  return wrapper
}

async function more(wrapper: VueWrapper): Promise<void> {
  await wrapper.find('button').trigger('click')
  await flushPromises()
}

test('pages follow each other until all are there', async () => {
  const wrapper = await list()
  expect(shown(wrapper)).toBe('abdef')
  await more(wrapper)
  expect(shown(wrapper)).toBe('abdefg')
  expect(wrapper.find('button').exists()).toBe(false)
})

test('loaded pages stay when one of the first leaves, without duplicates', async () => {
  const wrapper = await list()
  all = people('A', 'D', 'E', 'F', 'G')
  await wrapper.setProps(live())
  await flushPromises()
  expect(shown(wrapper)).toBe('adef')
  expect(asked()).toHaveLength(1)
})

test('attendees that the live view no longer holds are loaded', async () => {
  const wrapper = await list()
  all = people('A', 'B', 'C', 'D', 'E', 'F', 'G')
  await wrapper.setProps(live())
  await flushPromises()
  expect(shown(wrapper)).toBe('abcdef')
  expect(asked()).toHaveLength(2)
})

test('later attendees can be loaded after all were loaded', async () => {
  const wrapper = await list()
  await more(wrapper)
  all = [...all, ...people('H')]
  await wrapper.setProps(live())
  await more(wrapper)
  expect(shown(wrapper)).toBe('abdefgh')
})

test('another event starts with an empty list', async () => {
  const wrapper = await list()
  await wrapper.setProps({ event: 'other' })
  expect(shown(wrapper)).toBe('abd')
})
