import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import EventCard from '@/event-list/EventCard.vue'
import type { Card, MineItem } from '@/live/generated'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { button, NOW, showCard } from '../support/cards'
import { ASK, answerHttp, callsOf, problem, sessionServer } from '../support/http'
import { attendee, card, face, mine } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
const NO_SEATS = { status: null, party: 0, ahead: 0 } as const
const shown = (change: Partial<Card> = {}, ...items: MineItem[]): Promise<VueWrapper> => showCard(on, change, ...items)

beforeEach(() => (on = stage()))

describe('the content of a card', () => {
  test('title, organizer, place, tags and seats', async () => {
    const text = (await shown({ going: 3, waiting: 0 })).text()
    for (const each of ['Board games', 'by Olga', 'The depot', 'games', '3 of 4 going', '27', 'Nov'])
      expect(text).toContain(each)
  })

  test('a few attendees, and the number of the others', async () => {
    const names = ['Ada Bit', 'Ben', 'Cem Core', 'Dora', 'Eli']
    const faces = (await shown({ going: 7, faces: names.map((name) => face(name)) })).find('[data-testid=faces]')
    expect(faces.findAll('.face').map((each) => each.text())).toEqual(['AB', 'B', 'CC', 'D'])
    expect(faces.text()).toContain('+3')
    expect(faces.attributes('aria-label')).toBe('Ada Bit, Ben, Cem Core, Dora and 3 more')
  })

  test('a link opens elsewhere, and gives nothing away', async () => {
    const link = (await shown({ link: 'https://www.example.org/a/b' })).find('a[target="_blank"]')
    expect(link.text()).toBe('example.org')
    expect(link.attributes('rel')).toBe('noopener nofollow ugc')
  })

  test('a host that looks like another shows its ASCII form', async () => {
    const link = (await shown({ link: 'https://\u0430pple.example/' })).find('a[target="_blank"]')
    expect(link.text()).toBe('xn--pple-43d.example')
  })

  test('markup in a title stays text', async () => {
    const wrapper = await shown({ title: '<img src=x onerror=alert(1)>' })
    expect(wrapper.find('img').exists()).toBe(false)
    expect(wrapper.find('h3').text()).toBe('<img src=x onerror=alert(1)>')
  })

  test('its button is described by the title', async () => {
    const wrapper = await shown()
    const described = wrapper.find('button').attributes('aria-describedby')
    expect(wrapper.find('h3').attributes('id')).toBe(described)
  })
})

describe('the button', () => {
  test.each([
    ['free seats', {}, [], 'Join'],
    ['full', { going: 4 }, [], 'Join waitlist'],
    ['full, no waitlist', { going: 4, waitlist: false }, [], undefined],
    ['going', {}, [mine()], "Can't make it"],
    ['waiting', { going: 4, waiting: 1 }, [mine({ status: 'waitlisted' })], 'Leave waitlist'],
    ['cancelled', { status: 'cancelled' as const }, [mine()], undefined],
    ['over', { ends_at: NOW }, [], undefined],
    ['only organizing', {}, [mine({ organizing: true, status: null, party: 0 })], 'Join'],
  ])('%s', async (_, change, items, expected) => {
    expect(button(await shown(change, ...items))).toBe(expected)
  })
})

test.each([
  ['over, and one had a seat', { ends_at: NOW, going: 3 }, ['3 of 4 went', 'You had a seat']],
  [
    'called off, and one had a seat',
    { status: 'cancelled' as const, going: 3 },
    ['3 of 4 were going', 'You were going'],
  ],
  ['over, and organized', { ends_at: NOW, organizer: { id: 'ada', name: 'Ada' } }, ['You organized this']],
])('the words of a card: %s', async (_, change, expected) => {
  const text = (await shown(change, mine())).text()
  for (const words of expected) expect(text).toContain(words)
  expect(text).not.toContain("You're going")
})

test('the row of a past event without a limit has no place for the next person', async () => {
  const wrapper = await shown({ capacity: null, going: 3 })
  expect(wrapper.find('circle.next').exists()).toBe(true)
  await wrapper.setProps({ card: card({ capacity: null, going: 3, ends_at: NOW }) })
  expect(wrapper.find('circle.next').exists()).toBe(false)
})

test.each([
  ["You're going", mine()],
  ['On the waitlist', mine({ status: 'waitlisted' })],
  ['Invited', mine({ ...NO_SEATS, invited: true, requested: 2 })],
  ['Asked to join', mine({ ...NO_SEATS, requested: 2 })],
])('the chip of a card: %s', async (word, relation) => {
  expect((await shown({}, relation)).find('.chip').text()).toBe(word)
})

test.each([
  [{}, 'You host'],
  [{ ends_at: NOW }, 'You hosted this'],
])(
  'the card of an event that one co-hosts says so beside the name, without an item of one’s own: %o',
  async (change, words) => {
    const text = (await shown({ cohosts: [{ id: 'ada', name: 'Ada' }], ...change })).text()
    expect(text).toContain(words)
    expect(text).toContain('by Olga')
  },
)

test('the card of an event of one’s own says so in place of the name', async () => {
  const text = (await shown({ organizer: { id: 'ada', name: 'Ada' } })).text()
  expect(text).toContain('You organize')
  expect(text).not.toContain('by Ada')
})

describe('joining', () => {
  test('shows as pending at once, and as going when the server gave the seat', async () => {
    const wrapper = await shown()
    let answer: () => void = () => undefined
    const calls = answerHttp(
      () =>
        new Promise((resolve) => {
          answer = () => resolve({ status: 201, data: attendee('Ada'), headers: { 'turnout-position': 'e-6' } })
        }),
    )
    await wrapper.find('button').trigger('click')
    await flushPromises()
    expect(button(wrapper)).toContain('Joining')
    expect(wrapper.find('path.requested').exists()).toBe(true)
    expect(wrapper.text()).not.toContain("You're going")
    answer()
    await flushPromises()
    expect(button(wrapper)).toBe("Can't make it")
    expect(wrapper.text()).toContain("You're going")
    expect(calls.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['post', '/api/events/abc/attendees', { party: 1 }],
    ])
    expect(calls[0]?.headers['Idempotency-Key']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('the view has the last word once it is there', async () => {
    const wrapper = await shown()
    answerHttp(() => ({ status: 201, data: attendee('Ada'), headers: { 'turnout-position': 'e-6' } }))
    await wrapper.find('button').trigger('click')
    await flushPromises()
    on.server.patch(ME, 'e-7', [mine({ status: 'waitlisted' })])
    await flushPromises()
    expect(button(wrapper)).toBe('Leave waitlist')
  })

  test('a refusal rolls back and shows its reason', async () => {
    const wrapper = await shown()
    answerHttp(() => problem(409, 'event-full', 'No seats are left.'))
    await wrapper.find('button').trigger('click')
    await flushPromises()
    expect(button(wrapper)).toBe('Join')
    expect(wrapper.text()).toContain('No seats are left.')
  })

  test('a visitor enters a name first, and the action continues by itself', async () => {
    on.server.hello(null)
    const wrapper = on.mount(EventCard, { card: card(), now: NOW })
    const session = on.run(() => useSession())
    const { calls } = sessionServer(() => ({ status: 201, data: attendee('Ada') }))
    await wrapper.find('button').trigger('click')
    await flushPromises()
    expect(session.namePrompt?.reason.action).toBe('Join')
    expect(callsOf(calls)).toEqual([`get ${ASK}`])
    await session.signIn('Ada')
    await flushPromises()
    expect(callsOf(calls)).toEqual([`get ${ASK}`, 'post /api/session', `get ${ASK}`, 'post /api/events/abc/attendees'])
  })

  test('closing the name dialog without a name changes nothing', async () => {
    on.server.hello(null)
    const wrapper = on.mount(EventCard, { card: card(), now: NOW })
    const { calls } = sessionServer()
    await wrapper.find('button').trigger('click')
    await flushPromises()
    on.run(() => useSession()).closeNamePrompt(null)
    await flushPromises()
    expect(button(wrapper)).toBe('Join')
    expect(callsOf(calls)).toEqual([`get ${ASK}`])
  })
})
