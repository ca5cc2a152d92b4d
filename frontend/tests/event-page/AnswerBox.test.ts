import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { AxiosError } from 'axios'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import CardAction from '@/event-list/CardAction.vue'
import AnswerBox from '@/event-page/AnswerBox.vue'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'
import { answerHttp, problem, sessionServer } from '../support/http'
import { attendee, card, event, mine, STARTS_AT, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage

async function box(change: Parameters<typeof event>[0] = {}, ...items: ReturnType<typeof mine>[]): Promise<VueWrapper> {
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user(), ...items])
  return on.mount(AnswerBox, { event: event(change), now: STARTS_AT - 1 })
}

function press(wrapper: VueWrapper, name: string): Promise<void> {
  const found = wrapper.findAll('button').find((each) => each.text() === name || each.attributes('aria-label') === name)
  if (!found) throw new Error(`there is no button ${name}`)
  return found.trigger('click')
}

beforeEach(() => (on = stage()))

test('joins with guests', async () => {
  const wrapper = await box()
  const calls = answerHttp(() => ({
    status: 201,
    data: attendee('Ada', { party: 3 }),
    headers: { 'turnout-position': 'e-9' },
  }))
  await press(wrapper, 'One seat more')
  await press(wrapper, 'One seat more')
  expect(wrapper.attributes('data-state')).toBe('with-guests')
  await press(wrapper, 'Join')
  await flushPromises()
  expect(calls[0]?.body).toEqual({ party: 3 })
  expect(wrapper.text()).toContain("You're going")
  expect(wrapper.text()).toContain('You have 3 seats.')
})

test('offers the waitlist of a full event, and shows the place on it', async () => {
  const wrapper = await box({ going: 4 })
  answerHttp(() => ({
    status: 201,
    data: attendee('Ada', { status: 'waitlisted' }),
    headers: { 'turnout-position': 'e-9' },
  }))
  await press(wrapper, 'Join waitlist')
  await flushPromises()
  expect(wrapper.text()).toContain("You're on the waitlist")
  on.server.patch(ME, 'e-9', [mine({ status: 'waitlisted', ahead: 0 })])
  await flushPromises()
  expect(wrapper.text()).toContain("You're number 1 on the waitlist")
})

test('a refusal shows the reason and the current state, until the next attempt', async () => {
  const wrapper = await box()
  answerHttp(() => problem(409, 'event-full', 'No seats are left.'))
  await press(wrapper, 'Join')
  await flushPromises()
  expect(wrapper.attributes('data-state')).toBe('refused')
  await wrapper.setProps({ event: event({ going: 4 }) })
  expect(wrapper.find('h2').text()).toBe('All seats are taken')
  expect(wrapper.find('[data-testid=refusal]').text()).toBe('No seats are left.')
  answerHttp(() => new Promise(() => undefined))
  await press(wrapper, 'Join waitlist')
  await flushPromises()
  expect(wrapper.attributes('data-state')).toBe('saving')
})

test('a lost race for the last seat is reported with the place on the waitlist', async () => {
  const wrapper = await box({ going: 3 })
  const answer = { data: attendee('Ada', { status: 'waitlisted' }), headers: { 'turnout-position': 'e-9' } }
  answerHttp(() => ({ status: 201, ...answer }))
  await press(wrapper, 'Join')
  await flushPromises()
  await wrapper.setProps({ event: event({ going: 4, waiting: 1 }) })
  on.server.patch(ME, 'e-9', [mine({ status: 'waitlisted', ahead: 0 })])
  await flushPromises()
  const sentence = "Someone just took the last seat. You're number 1 on the waitlist."
  expect(wrapper.text()).toContain('Someone just took the last seat.')
  expect(wrapper.find('h2').text()).toBe("You're number 1 on the waitlist")
  expect(on.run(() => useAnnouncer()).text).toBe(sentence)
  expect(on.mount(CardAction, { card: card({ going: 4, waiting: 1 }), tense: 'now', describes: '' }).text()).toContain(
    sentence,
  )
})

describe('a refusal that stopped being true', () => {
  async function refused(answer: ReturnType<typeof problem> | 'none'): Promise<VueWrapper> {
    const wrapper = await box({ going: 3 })
    answerHttp(() => (answer === 'none' ? Promise.reject(new AxiosError('no answer')) : answer))
    await press(wrapper, 'Join')
    await vi.waitFor(() => expect(wrapper.attributes('data-state')).toBe('refused'))
    return wrapper
  }
  const FULL = problem(409, 'event-full', 'No seats are left.')

  test('ends when a seat is free again', async () => {
    const wrapper = await refused(FULL)
    await wrapper.setProps({ event: event({ going: 4 }) })
    expect(wrapper.attributes('data-state')).toBe('refused')
    await wrapper.setProps({ event: event({ going: 3 }) })
    await flushPromises()
    expect(wrapper.attributes('data-state')).toBe('joinable')
    expect(wrapper.text()).not.toContain('No seats are left.')
  })

  test('ends when the connection is live again', async () => {
    const wrapper = await refused('none')
    on.server.socket.drop()
    await flushPromises()
    expect(wrapper.find('[data-testid=refusal]').text()).toContain('No answer from the server')
    on.live.onVisible()
    on.server.hello('ada')
    await flushPromises()
    expect(wrapper.attributes('data-state')).toBe('joinable')
  })

  test('ends with the page that showed it', async () => {
    const wrapper = await refused(FULL)
    wrapper.unmount()
    const again = on.mount(AnswerBox, { event: event({ going: 4 }), now: STARTS_AT - 1 })
    expect(again.attributes('data-state')).toBe('full')
  })
})

test('changes the number of seats', async () => {
  const wrapper = await box({ going: 1 }, mine())
  const calls = answerHttp(() => ({
    status: 200,
    data: attendee('Ada', { party: 2 }),
    headers: { 'turnout-position': 'e-9' },
  }))
  expect(wrapper.text()).not.toContain('Change seats')
  await press(wrapper, 'One seat more')
  await press(wrapper, 'Change seats')
  await flushPromises()
  expect(calls.map(({ method, body }) => [method, body])).toEqual([['patch', { party: 2 }]])
  expect(wrapper.text()).toContain('You have 2 seats.')
})

test('a refused change of seats says how many are left', async () => {
  const wrapper = await box({ going: 3 }, mine())
  const { status, data } = problem(409, 'event-full', 'No seats are left.')
  answerHttp(() => ({ status, data: { ...(data as object), event: event({ going: 4 }) } }))
  await press(wrapper, 'One seat more')
  await press(wrapper, 'Change seats')
  await flushPromises()
  expect(wrapper.find('h2').text()).toBe("You're going")
  expect(wrapper.find('[data-testid=refusal]').text()).toBe('There are no more seats to add. You still have 1.')
  expect(on.run(() => useAnnouncer()).text).toBe('There are no more seats to add. You still have 1.')
})

test('a party cannot be larger than the event', async () => {
  const wrapper = await box({ capacity: 1 })
  expect(wrapper.find('[role=group]').exists()).toBe(false)
})

test('a party that cannot grow is not offered to, and the box says why', async () => {
  const wrapper = await box({ going: 4 }, mine())
  expect(wrapper.find('[role=group]').exists()).toBe(false)
  expect(wrapper.find('[data-testid=party-limit]').text()).toBe('There are no more seats to add.')
  await wrapper.setProps({ event: event({ going: 2 }) })
  await press(wrapper, 'One seat more')
  await press(wrapper, 'One seat more')
  const more = wrapper.find('[aria-label="One seat more"]')
  expect(wrapper.find('output').text()).toBe('3 seats')
  expect(more.attributes('aria-disabled')).toBe('true')
  expect(wrapper.find(`#${more.attributes('aria-describedby') ?? ''}`).text()).toBe('There are no more seats to add.')
})

test('the answer of an organizer is quiet', async () => {
  const wrapper = await box()
  expect(wrapper.find('.button-lit').exists()).toBe(true)
  await wrapper.setProps({ isHost: true })
  expect(wrapper.text()).not.toContain('Are you coming?')
  expect(wrapper.find('.button-lit').exists()).toBe(false)
})

test('an expired session asks for a name again, and the join continues', async () => {
  const wrapper = await box()
  const session = on.run(() => useSession())
  let joins = 0
  sessionServer(() => {
    joins += 1
    return joins === 1 ? problem(401, 'signed-out', 'Tell us your name first.') : { status: 201, data: attendee('Ada') }
  })
  await press(wrapper, 'Join')
  await flushPromises()
  expect(session.namePrompt).not.toBeNull()
  await session.signIn('Ada')
  await flushPromises()
  expect(joins).toBe(2)
})

test.each([
  [5, 'Wait for 5 seats', 5],
  [1, 'Wait for 1 seat', 1],
])('a party that can never fit into %i seats is told so, and can ask for fewer', async (capacity, label, party) => {
  const wrapper = await box({ capacity, going: 0, waiting: 6 }, mine({ status: 'waitlisted', party: 6, ahead: 0 }))
  expect(wrapper.attributes('data-state')).toBe('too-large')
  expect(wrapper.text()).toContain("Your group doesn't fit any more")
  expect(wrapper.text()).not.toContain('number 1')
  const calls = answerHttp(() => ({ status: 200, data: attendee('Ada', { party, status: 'going' }) }))
  await press(wrapper, label)
  await flushPromises()
  expect(calls[0]).toMatchObject({ method: 'patch', body: { party } })
})
