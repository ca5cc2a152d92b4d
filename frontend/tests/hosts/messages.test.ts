import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import MessageDialog from '@/hosts/MessageDialog.vue'
import { recipients, recipientWords } from '@/hosts/recipients'
import { peopleAddress } from '@/live/addresses'
import { ME } from '@/live/liveViews'
import NoticeRow from '@/news/NoticeRow.vue'
import { useNotices } from '@/shell/notices'
import { answerHttp, problem, type Answer, type Call } from '../support/http'
import { card, event, mine, notice, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
let calls: Call[]
let answer: Answer
const mounted: VueWrapper[] = []

beforeEach(async () => {
  on = stage()
  answer = { status: 204 }
  calls = answerHttp(() => answer)
  on.server.hello('org')
  await flushPromises()
})
afterEach(() => mounted.splice(0).forEach((each) => each.unmount()))

const dialog = (): HTMLElement => document.querySelector<HTMLElement>('[role=dialog]')!
const text = (selector: string): string => dialog().querySelector(selector)?.textContent.trim() ?? ''

function total(status: 'going' | 'waitlisted', people: number): void {
  const view = peopleAddress('abc', { status, q: '', after: 0, limit: 1 })
  on.server.snapshot(view, [{ kind: 'list', key: 'list', rank: 0, total: people, more: false } as never])
}

/** The dialog of a host who goes, too. */
async function open(): Promise<void> {
  mounted.push(on.mount(MessageDialog, { event: event() }))
  await flushPromises()
  on.server.snapshot(ME, [user({ id: 'org', name: 'Olga' }), card(), mine()])
  total('going', 4)
  total('waitlisted', 2)
  await flushPromises()
}

async function fill(selector: string, value: string): Promise<void> {
  const field = dialog().querySelector<HTMLInputElement>(selector)!
  field.value = value
  field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input'))
  await flushPromises()
}

async function send(): Promise<void> {
  dialog()
    .querySelector('form')!
    .dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}

const sent = (): unknown[] => calls.filter(({ method }) => method === 'post').map(({ url, body }) => [url, body])

test.each([
  ['all', 'going', 5],
  ['all', null, 6],
  ['going', 'going', 3],
  ['going', 'waitlisted', 4],
  ['waiting', 'waitlisted', 1],
] as const)('a message to %s by a host who is %s goes to %i people', (to, own, count) => {
  expect(recipients(to, { going: 4, waiting: 2 }, own)).toBe(count)
})

test('the number of people is not guessed', () => {
  expect(recipients('all', { going: 4, waiting: null }, null)).toBeNull()
  expect([0, 1, 1_200].map(recipientWords)).toEqual([
    'No one would get it.',
    '1 person gets it.',
    '1,200 people get it.',
  ])
})

test('a host sees how many people get the message, and sends it', async () => {
  await open()
  expect(text('[data-testid=recipients]')).toBe('5 people get it.')
  await fill('select', 'waiting')
  expect(text('[data-testid=recipients]')).toBe('2 people get it.')
  await send()
  expect([text('[role=alert]'), sent()]).toEqual(['Write something first.', []])
  await fill('textarea', ' Bring a coat. ')
  await send()
  expect(sent()).toEqual([['/api/events/abc/messages', { to: 'waiting', text: 'Bring a coat.' }]])
  expect(useNotices().notices.map((each) => each.text)).toEqual(['Your message is on its way.'])
})

test('a refused message stays in the dialog, with the reason', async () => {
  await open()
  answer = problem(409, 'event-ended', 'The event has ended.')
  await fill('textarea', 'Bring a coat.')
  await send()
  expect(text('[role=alert]')).toBe('The event has ended.')
  await send()
  expect(sent()).toHaveLength(2)
})

test('nothing is sent to no one', async () => {
  await open()
  total('waitlisted', 0)
  await fill('select', 'waiting')
  await fill('textarea', 'Bring a coat.')
  await send()
  expect([text('[data-testid=recipients]'), sent()]).toEqual(['No one would get it.', []])
})

test('a guest reports a message, and the report names it', async () => {
  const message = notice(7, { what: 'message', by: 'Olga', text: 'Buy my watches.' })
  const row = on.mount(NoticeRow, { notice: message, fresh: false })
  mounted.push(row)
  await row.find('button').trigger('click')
  await expect.poll(() => document.querySelector('[role=dialog]')).not.toBeNull()
  await fill('textarea', 'It is an advertisement')
  await send()
  const body = { reason: 'It is an advertisement', notice: message.id }
  expect(sent()).toEqual([['/api/events/abc/reports', body]])
})

test('only messages can be reported', () => {
  const row = on.mount(NoticeRow, { notice: notice(7), fresh: false })
  mounted.push(row)
  expect(row.find('button').exists()).toBe(false)
})
