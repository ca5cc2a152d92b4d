import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import CardAction from '@/event-list/CardAction.vue'
import AnswerBox from '@/event-page/AnswerBox.vue'
import EventHero from '@/event-page/EventHero.vue'
import EventPeople from '@/event-page/EventPeople.vue'
import { WINDOW_PEOPLE } from '@/event-page/people'
import OrganizerTools from '@/event-page/OrganizerTools.vue'
import { ME } from '@/live/liveViews'
import { peopleAddress } from '@/live/addresses'
import type { MineItem } from '@/live/generated'
import { useSession } from '@/session/session'
import { answerHttp, callsOf, problem } from '../support/http'
import { attendee, card, event, face, mine, STARTS_AT, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const NOW = STARTS_AT - 1
const ADA = { id: 'ada', name: 'Ada' }
const ASKING = mine({ status: null, party: 0, requested: 2 })
const REQUEST = { kind: 'request', key: 'request:ada', rank: 1, user: ADA, party: 1, requested_at: 1 }

let on: Stage
beforeEach(() => (on = stage()))

async function signIn(...items: MineItem[]): Promise<void> {
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user(), ...items])
}

async function press(wrapper: VueWrapper, name: string): Promise<void> {
  await wrapper
    .findAll('button')
    .find((each) => each.text() === name)!
    .trigger('click')
  await flushPromises()
}

describe('the answer to an event by request', () => {
  const shown = { event: event({ joining: 'request' }), now: NOW }

  test('asks, says that it did, and withdraws', async () => {
    await signIn()
    const box = on.mount(AnswerBox, shown)
    const calls = answerHttp(({ method }) =>
      method === 'post'
        ? { status: 202, data: REQUEST, headers: { 'turnout-position': 'e-9' } }
        : { status: 204, headers: { 'turnout-position': 'e-10' } },
    )
    await press(box, 'Ask to join')
    expect(box.find('h2').text()).toBe('Asked: waiting for the hosts')
    on.server.patch(ME, 'e-9', [ASKING])
    await flushPromises()
    expect(box.text()).toContain('You asked for 2 seats.')
    await press(box, 'Withdraw request')
    expect(box.attributes('data-state')).toBe('by-request')
    expect(callsOf(calls)).toEqual(['post /api/events/abc/attendees', 'delete /api/events/abc/requests/me'])
  })

  test('changes when the hosts approve, and takes seats at once after an invitation', async () => {
    await signIn(ASKING)
    const box = on.mount(AnswerBox, shown)
    expect(box.attributes('data-state')).toBe('requested')
    on.server.patch(ME, 'e-2', [mine()])
    await flushPromises()
    expect(box.attributes('data-state')).toBe('going')
    on.server.patch(ME, 'e-3', [mine({ status: null, party: 0, invited: true })])
    await flushPromises()
    expect(box.attributes('data-state')).toBe('joinable')
  })

  test('a refusal is a calm sentence', async () => {
    await signIn()
    const box = on.mount(AnswerBox, shown)
    answerHttp(() => problem(403, 'kept-out', 'The hosts of this event do not let you join.'))
    await press(box, 'Ask to join')
    expect(box.find('[data-testid=refusal]').text()).toBe('The hosts of this event do not let you join.')
  })
})

test('an event by invitation has no button, but for its hosts', async () => {
  await signIn()
  const box = on.mount(AnswerBox, { event: event({ joining: 'invitation' }), now: NOW })
  expect(box.find('h2').text()).toBe('By invitation')
  expect(box.find('button').exists()).toBe(false)
  await box.setProps({ event: event({ joining: 'invitation', cohosts: [ADA] }) })
  expect(box.attributes('data-state')).toBe('joinable')
})

test.each([
  ['request', [], 'Ask to join'],
  ['request', [ASKING], 'Withdraw request'],
  ['invitation', [], 'By invitation'],
] as const)('a card of an event by %s with %j offers "%s"', async (joining, items, words) => {
  await signIn(...items)
  const wrapper = on.mount(CardAction, { card: card({ joining }), tense: 'now', describes: '' })
  await flushPromises()
  expect(wrapper.text()).toBe(words)
})

test('marks say who finds the event, and who hosts it, outside the names', async () => {
  await signIn()
  const shown = event({ visibility: 'private', hidden: true, cohosts: [ADA] })
  const hero = on.mount(EventHero, { event: shown, going: [], now: NOW })
  expect(hero.text()).toContain('Private')
  expect(hero.text()).toContain('Hidden by a moderator')
  expect(hero.findAll('[data-testid=host-mark]').map((mark) => mark.text())).toEqual(['Organizer', 'Co-host'])
  expect(hero.findAll('bdi').some((name) => name.find('[data-testid=host-mark]').exists())).toBe(false)
})

test('a co-host edits and calls off, and does not delete', async () => {
  await signIn()
  const tools = on.mount(OrganizerTools, { event: event(), now: NOW, role: 'co-host' })
  expect(tools.find('h2').text()).toBe('You host this')
  expect(tools.text()).toContain('Call off event')
  expect(tools.text()).not.toContain('Delete event')
})

describe('a restricted guest list', () => {
  const list = { going: [], waiting: [], me: 'ada', tense: 'now' }

  test('shows initials and counts, and says why there is no more', async () => {
    await signIn()
    const shown = event({
      guest_list: 'hosts',
      going: 14,
      faces: [
        { ...face('B'), id: '' },
        { ...face('C'), id: '' },
      ],
    })
    const people = on.mount(EventPeople, { ...list, event: shown })
    expect(people.find('[data-testid=initials]').text()).toBe('BCand 12 more')
    expect(people.text()).toContain('Only the hosts see who goes.')
    expect(on.server.socket.sent.some((sent) => 'view' in sent && sent.view.includes('/people'))).toBe(false)
    await people.setProps({ event: event({ guest_list: 'going', going: 3, guest_hint: 'counts' }) })
    expect(people.find('[data-testid=initials]').exists()).toBe(false)
    expect(people.text()).toContain('Only people with a seat see who else goes.')
  })

  test('is read from the people of the event by those who may', async () => {
    await signIn()
    const shown = event({ guest_list: 'going', going: 1, cohosts: [{ id: 'bo', name: 'Bo' }] })
    const people = on.mount(EventPeople, { ...list, event: shown, hasSeat: true })
    const view = peopleAddress('abc', { status: 'going', q: '', after: 0, limit: WINDOW_PEOPLE })
    on.server.snapshot(view, [{ kind: 'list', key: 'list', rank: 0, total: 1, before: 0 }, attendee('Bo')])
    await flushPromises()
    expect(people.find('li').text()).toContain('Bo')
    expect(people.find('li [data-testid=host-mark]').text()).toBe('Co-host')
  })
})
