import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { h } from 'vue'
import { RouterView } from 'vue-router'
import { expect, test } from 'vitest'
import ZoneField from '@/event-form/times/ZoneField.vue'
import ImportPage from '@/import/ImportPage.vue'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'
import { useConfirmation } from '@/shell/confirmation'
import { beforeEachOnStage, press, submit } from '../support/forms'
import { answerHttp, problem, sessionServer, type Answer, type Call } from '../support/http'
import { stage, type Stage } from '../support/mounting'

const DRAFT = { title: 'Go', starts: '2026-12-05T19:30:00', zone: 'Europe/Vienna' }
const ROWS = ['Go', 'Chess', 'Cards'].map((title, number) => ({
  source: `line ${String(number + 2)}`,
  title,
  starts_at: Date.UTC(2026, 11, 5, 18, 30),
  draft: { ...DRAFT, title },
  key: `import-${title}`,
}))
const PREVIEW: Answer = {
  status: 200,
  data: { rows: ROWS, problems: ['Left out because they are over or have begun: 3.'] },
}

let on: Stage

beforeEachOnStage((next) => (on = next))

async function open(): Promise<VueWrapper> {
  on.router.addRoute({ path: '/import', name: 'import', component: ImportPage })
  await on.router.push('/import')
  const wrapper = on.mount({ render: () => h(RouterView) })
  await flushPromises()
  return wrapper
}

async function choose(wrapper: VueWrapper, content = 'title,starts\n', type = 'text/csv'): Promise<void> {
  const input = wrapper.find('#file')
  const file = new File([content], 'league.csv', { type })
  Object.defineProperty(input.element, 'files', { value: [file], configurable: true })
  await input.trigger('change')
}

/** Shows the events of `PREVIEW`; their creation gets what `answer` says. */
async function preview(
  answer: (call: Call) => Answer | Promise<Answer>,
): Promise<{ wrapper: VueWrapper; calls: Call[] }> {
  const calls = answerHttp((call) => (isPreview(call) ? PREVIEW : answer(call)))
  const wrapper = await open()
  await choose(wrapper)
  await submit(wrapper)
  await flushPromises()
  return { wrapper, calls }
}

const isPreview = ({ url }: Call): boolean => url.startsWith('/api/import/preview')

const made = ({ body }: Call): Answer => ({
  status: 201,
  data: { id: (body as typeof DRAFT).title, status: 'scheduled' },
})
const rows = (wrapper: VueWrapper): string[] =>
  wrapper.findAll('[data-testid=file-event] .chip').map((each) => each.text())

test('a file that cannot be right is not sent', async () => {
  const calls = answerHttp(() => PREVIEW)
  const wrapper = await open()
  await submit(wrapper)
  expect(wrapper.find('#file-problem').text()).toBe('Choose a file first.')
  await choose(wrapper, '')
  expect(wrapper.find('#file-problem').text()).toBe('This file is empty.')
  await submit(wrapper)
  expect(calls).toEqual([])
  expect(document.activeElement?.id).toBe('file')
})

test('the events of a file are added one by one, each with its key', async () => {
  const { wrapper, calls } = await preview(made)
  expect(wrapper.find('#events-head').text()).toBe('3 events in league.csv')
  expect(on.run(() => useAnnouncer()).text).toContain('Left out because they are over')
  await wrapper.findAll('input[type=checkbox]')[1]!.setValue(false)
  await press(wrapper, 'Add 2 events')
  expect(wrapper.find('#events-head').text()).toBe('2 events added')
  expect(calls.slice(1).map(({ headers }) => headers['Idempotency-Key'])).toEqual(['import-Go', 'import-Cards'])
  expect(wrapper.findAll('li a').map((each) => each.attributes('href'))).toEqual(['/events/Go', '/events/Cards'])
  expect(on.run(() => useAnnouncer()).text).toBe('2 events added.')
})

test('all, none, and the new ones', async () => {
  const { wrapper } = await preview(made)
  await press(wrapper, 'None')
  expect(wrapper.findAll('input:checked')).toHaveLength(0)
  await press(wrapper, 'All')
  expect(wrapper.findAll('input:checked')).toHaveLength(3)
})

test('those that were not added are sent again with the same keys', async () => {
  let isFull = true
  const { wrapper, calls } = await preview((call) =>
    isFull && (call.body as typeof DRAFT).title === 'Chess' ? problem(503, 'full', 'No room.') : made(call),
  )
  await press(wrapper, 'Add 3 events')
  expect(rows(wrapper)).toEqual(['Added', 'Not added', 'Waiting'])
  expect(wrapper.text()).toContain("1 couldn't be added. 1 is still to add.")
  isFull = false
  await press(wrapper, 'Add the other 2')
  expect(rows(wrapper)).toEqual(['Added', 'Added', 'Added'])
  expect(calls.slice(1).map(({ headers }) => headers['Idempotency-Key'])).toEqual([
    'import-Go',
    'import-Chess',
    'import-Chess',
    'import-Cards',
  ])
})

test('leaving while it runs asks, and stops it', async () => {
  let answer = (): void => undefined
  const { wrapper, calls } = await preview(
    (call) => new Promise<Answer>((resolve) => (answer = () => resolve(made(call)))),
  )
  await press(wrapper, 'Add 3 events')
  const closing = new Event('beforeunload', { cancelable: true })
  window.dispatchEvent(closing)
  expect(closing.defaultPrevented).toBe(true)
  const leaving = on.router.push('/')
  await flushPromises()
  const confirmation = on.run(() => useConfirmation())
  expect(confirmation.question?.title).toBe('Stop adding events?')
  confirmation.answer('confirm')
  await leaving
  expect(on.router.currentRoute.value.path).toBe('/')
  answer()
  await flushPromises()
  expect(calls).toHaveLength(2)
})

test('another zone needs another look at the file', async () => {
  const { wrapper } = await preview(made)
  wrapper.findComponent(ZoneField).vm.$emit('update:modelValue', 'Asia/Tokyo')
  await flushPromises()
  expect(wrapper.find('#events-head').exists()).toBe(false)
})

test('the server says why it does not read a file', async () => {
  answerHttp(() => problem(422, 'invalid', 'The file takes too long to read. Divide it into smaller ones.'))
  const wrapper = await open()
  await choose(wrapper)
  await submit(wrapper)
  await flushPromises()
  expect(wrapper.find('[role=alert]').text()).toBe('The file takes too long to read. Divide it into smaller ones.')
})

test('a visitor tells a name first', async () => {
  on = stage()
  on.server.hello(null)
  const { calls } = sessionServer(() => PREVIEW)
  const wrapper = await open()
  await choose(wrapper)
  await submit(wrapper)
  await flushPromises()
  const session = on.run(() => useSession())
  expect(calls.some(isPreview)).toBe(false)
  await session.signIn('Ada')
  await flushPromises()
  expect(wrapper.find('#events-head').text()).toBe('3 events in league.csv')
})
