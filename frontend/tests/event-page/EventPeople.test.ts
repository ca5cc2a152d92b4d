import { config } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import EventPeople from '@/event-page/EventPeople.vue'
import OrganizerTools from '@/event-page/OrganizerTools.vue'
import HostNames from '@/hosts/HostNames.vue'
import type { AttendeeItem } from '@/live/generated'
import type { Tense } from '@/seats/seatWords'
import { attendee, event, STARTS_AT } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
beforeEach(() => {
  on = stage()
  config.global.stubs = { 'transition-group': false }
  return () => (config.global.stubs = {})
})

const PROPS = { waiting: [], me: null, going: [] }

test.each<[Tense, string, string]>([
  ['now', 'Going', 'No one yet. Be the first.'],
  ['ended', 'Went', 'No one joined.'],
  ['cancelled', 'Were going', 'No one had joined.'],
])('people of an event in the tense %s stand under "%s"', (tense, heading, noOne) => {
  const text = on.mount(EventPeople, { ...PROPS, event: event(), tense }).text()
  expect(text).toContain(heading)
  expect(text).toContain(noOne)
})

test('the waitlist is a numbered list whose numbers are heard', () => {
  const waiting = ['Ben', 'Cleo'].map((name, rank) => attendee(name, { rank, status: 'waitlisted' }))
  const shown = event({ going: 4, waiting: 2 })
  const wrapper = on.mount(EventPeople, {
    ...PROPS,
    going: [attendee('Ada', { party: 4 })],
    event: shown,
    waiting,
    tense: 'now',
  })
  const waitlist = wrapper.find('ol[role=list]')
  expect(wrapper.findAll('ul, ol').map((each) => each.element.tagName)).toEqual(['UL', 'OL'])
  expect(waitlist.findAll('li').map((each) => each.text())).toEqual(['1Ben', '2Cleo'])
  expect(waitlist.find('[aria-hidden=true]').exists()).toBe(false)
})

test.each([
  ['on', event(), 'You organize this', ['Call off event', 'Delete event']],
  ['over', event({ ends_at: STARTS_AT - 2 }), 'You organized this', ['Delete event']],
  ['called off', event({ status: 'cancelled' }), 'You organized this', ['Delete event']],
])('the tools of an event that is %s', (_, shown, heading, buttons) => {
  const wrapper = on.mount(OrganizerTools, { role: 'organizer', event: shown, now: STARTS_AT - 1 })
  expect(wrapper.find('h2').text()).toBe(heading)
  expect(wrapper.findAll('button').map((each) => each.text())).toEqual(buttons)
  expect(wrapper.find('button.button-off, button.button-line').exists()).toBe(false)
})

test('people whose names look alike are told apart, in the order of joining', async () => {
  const shown = event({ going: 2, waiting: 1, organizer: { id: 'org', name: 'Olga' } })
  const person = (id: string, name: string, rank: number): AttendeeItem =>
    attendee(name, { key: `attendee:${id}`, rank, user: { id, name } })
  const going = [person('a', 'Anna', 1), person('o', 'Оlga', 3)]
  const waiting = [{ ...person('b', 'ANNA', 2), status: 'waitlisted' as const }]
  const wrapper = on.mount(EventPeople, { going, waiting, me: 'org', event: shown, tense: 'now' })
  const words = (id: string): string => wrapper.get(`[data-attendee=${id}]`).text().replaceAll('\u00a0', ' ')
  await vi.waitFor(() => expect(words('o')).toContain('Оlga (2), Another person with a similar name'))
  expect(words('b')).toContain('ANNA (2)')
  expect(words('a')).not.toContain('(')
  expect(wrapper.findAll('button').map((each) => each.attributes('aria-label'))).toEqual([
    'Note about Anna',
    'Remove Anna',
    'Note about Оlga (2)',
    'Remove Оlga (2)',
    'Note about ANNA (2)',
    'Remove ANNA (2)',
  ])
})

test('a name that looks like that of a host is told apart, also where the host attends later', async () => {
  const hosts = { organizer: { id: 'org', name: 'Olga' }, cohosts: [{ id: 'co', name: 'Conny' }] }
  const shown = event({ going: 2, ...hosts })
  const going = ['x', 'co'].map((id, rank) =>
    attendee('Conny', { key: `attendee:${id}`, rank, user: { id, name: id === 'co' ? 'Conny' : 'Сonny' } }),
  )
  const wrapper = on.mount(EventPeople, { ...PROPS, going, event: shown, tense: 'now' })
  const words = (id: string): string => wrapper.get(`[data-attendee=${id}]`).text().replaceAll('\u00a0', ' ')
  await vi.waitFor(() => expect(words('x')).toContain('Сonny (2)'))
  expect(words('co')).not.toContain('(')
})

test('a co-host whose name looks like that of the organizer has a number', async () => {
  const hosts = { organizer: { id: 'org', name: 'Olga' }, cohosts: [{ id: 'co', name: 'Оlga' }] }
  const wrapper = on.mount(HostNames, { event: event(hosts) })
  await vi.waitFor(() => expect(wrapper.text().replaceAll('\u00a0', ' ')).toContain('and Оlga (2)'))
  expect(wrapper.text()).toContain('by OlgaOrganizer')
})
