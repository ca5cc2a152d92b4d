import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PreferencesItem } from '@/live/generated'
import { viewerZone } from '@/time/zones'
import type { Account } from '@/you/account'
import NoticesSection from '@/you/notices/NoticesSection.vue'
import { answerHttp, problem, type Answer, type Call } from '../support/http'
import { account } from '../support/items'
import { stage } from '../support/mounting'

const DEFAULTS: PreferencesItem = {
  kind: 'preferences',
  key: 'preferences',
  rank: 0,
  reminders: ['day', 'two-hours'],
  mail: [],
  push: [],
  quiet: null,
  zone: null,
}
let answers: Record<string, Answer>
let calls: Call[]
let page: VueWrapper

beforeEach(() => {
  answers = {
    'get /api/sign-in': { status: 200, data: { ways: ['mail'] } },
    'get /api/push/key': { status: 200, data: { key: 'K' } },
  }
  calls = answerHttp(({ method, url }) => answers[`${method} ${url}`] ?? { status: 204 })
})
afterEach(() => page.unmount())

async function open(change: Partial<Account> = {}, preferences = DEFAULTS): Promise<void> {
  page = stage().mount(NoticesSection, { account: account({ mail: 'ada@example.org', ...change }), preferences })
  await flushPromises()
}

const saved = (): unknown[] => calls.filter(({ method }) => method === 'put').map(({ body }) => body)
const columns = (): string[] => page.findAll('thead th').map((head) => head.text())
const PLAIN = { reminders: ['day', 'two-hours'], mail: [], push: [], quiet: null, zone: null }

test('each change is saved with all the others', async () => {
  await open()
  expect(columns()).toEqual(['When', 'Mail', 'Push'])
  await page.find('[aria-label="An event is called off or deleted: Mail"]').setValue(false)
  await page.findAll('fieldset input')[0]!.setValue(false)
  await flushPromises()
  const mail = ['called-off', 'deleted']
  expect(saved()).toEqual([
    { ...PLAIN, mail },
    { ...PLAIN, mail, reminders: ['two-hours'] },
  ])
})

test('a refused change is taken back', async () => {
  await open()
  answers['put /api/me/preferences'] = problem(429, 'too-many', 'Try again in a moment.')
  const box = page.find<HTMLInputElement>('[aria-label="An event changes: Push"]')
  await box.setValue(false)
  await flushPromises()
  expect([page.find('[role=alert]').text(), box.element.checked]).toEqual(['Try again in a moment.', true])
})

test('without a mail address there is a link to add one, and no column', async () => {
  await open({ mail: null })
  expect([columns(), page.find('a').attributes('href')]).toEqual([['When', 'Push'], '#your-mail-head'])
})

test('a server without mail and push offers neither', async () => {
  answers['get /api/sign-in'] = { status: 200, data: { ways: [] } }
  answers['get /api/push/key'] = problem(404, 'push-off', 'Push is off.')
  await open({ mail: null })
  expect([page.find('table').exists(), page.find('a').exists(), page.find('[data-testid=push-here]').exists()]).toEqual(
    [false, false, false],
  )
  expect(page.findAll('fieldset')).toHaveLength(1)
})

test('quiet hours are by the clock of the viewer at first', async () => {
  await open()
  await page.findAll('fieldset')[1]!.find('input').setValue(true)
  await flushPromises()
  expect(saved()).toEqual([{ ...PLAIN, quiet: ['22:00', '07:00'], zone: viewerZone() }])
  await page.find('#quiet-to').setValue('08:30')
  await flushPromises()
  expect(saved().at(-1)).toMatchObject({ quiet: ['22:00', '08:30'] })
})

test('quiet hours by the clock of another place can follow the viewer', async () => {
  await open({}, { ...DEFAULTS, quiet: ['23:00', '06:00'], zone: 'Asia/Tokyo' })
  expect(page.text()).toContain('in Tokyo')
  await page.findAll('button').at(-1)!.trigger('click')
  await flushPromises()
  expect(saved()).toEqual([{ ...PLAIN, quiet: ['23:00', '06:00'], zone: viewerZone() }])
})
