import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import type { SessionItem } from '@/live/generated'
import { ACCOUNT, ME } from '@/live/liveViews'
import { useConfirmation } from '@/shell/confirmation'
import type { Account } from '@/you/account'
import YouPage from '@/you/YouPage.vue'
import { answerHttp, callsOf, problem, type Answer, type Call } from '../support/http'
import { accountItems, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const HOUR_MS = 3_600_000
const ADA = { id: 'ada', name: 'Ada' }
let on: Stage
let calls: Call[]
let answers: Record<string, Answer>

beforeEach(() => {
  on = stage()
  answers = {
    'get /api/session': { status: 200, data: { user: ADA, session: 'phone' } },
    'get /api/sign-in': { status: 200, data: { ways: ['recovery', 'code', 'mail'], provider: 'Friends' } },
    'post /api/codes': { status: 201, data: { code: 'ABCD-EFGH', expires_in_s: 600 } },
    'post /api/recovery': { status: 201, data: { secret: 'SECRET' } },
  }
  calls = answerHttp(({ method, url }) => answers[`${method} ${url}`] ?? { status: 204 })
})

function device(id: string, name: string, hoursAgo: number): SessionItem {
  const seen = Date.now() - hoursAgo * HOUR_MS
  return { kind: 'session', key: `session:${id}`, rank: seen, id, device: name, opened_at: seen, seen_at: seen }
}

async function open(change: Partial<Account> = {}): Promise<VueWrapper> {
  const page = on.mount(YouPage)
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user({ organizes: 1 })])
  on.server.snapshot(ACCOUNT, accountItems(change))
  await flushPromises()
  return page
}

/** The buttons of the page and of what it opened. */
function button(label: string): HTMLButtonElement {
  const named = (each: Element): boolean => [each.getAttribute('aria-label'), each.textContent.trim()].includes(label)
  const found = [...document.querySelectorAll('button')].filter(named).at(-1)
  if (!found) throw new Error(`there is no button ${label}`)
  return found
}

async function press(label: string): Promise<void> {
  const pressed = button(label)
  if (pressed.form && pressed.type === 'submit') pressed.form.dispatchEvent(new Event('submit', { cancelable: true }))
  else pressed.click()
  await flushPromises()
}

const writes = (): string[] => callsOf(calls).filter((call) => !call.startsWith('get'))

test('a visitor is told how to come back', async () => {
  const page = on.mount(YouPage)
  on.server.hello(null)
  await flushPromises()
  expect(page.find('a').attributes('href')).toBe('/sign-in')
  expect(page.find('h2').exists()).toBe(false)
})

test('devices: this one first and marked, and each other one is signed out by its button', async () => {
  const page = await open({
    sessions: [
      device('old', '', 30 * 24),
      device('laptop', 'Firefox on Linux', 30),
      device('phone', 'Chrome on Android', 5),
    ],
  })
  const texts = page.findAll('[data-testid=device]').map((each) => each.text())
  expect(texts[0]).toBe('Chrome on Android, today This device')
  expect(texts[1]).toContain('Firefox on Linux, yesterday')
  expect(texts[2]).toContain('Unknown device, Tue 27 Oct')
  await press('Sign out Firefox on Linux')
  expect(writes()).toEqual(['delete /api/sessions/laptop'])
  on.server.patch(ACCOUNT, 'e-2', [], ['session:laptop'])
  await flushPromises()
  expect(page.findAll('[data-testid=device]')).toHaveLength(2)
})

test('signing out everywhere asks first', async () => {
  await open({ recovery: true, sessions: [device('phone', 'Chrome', 1), device('laptop', 'Firefox', 1)] })
  await press('Sign out everywhere')
  const confirmation = on.run(() => useConfirmation())
  expect(confirmation.question).toMatchObject({
    title: 'Sign out \u2068Ada\u2069 everywhere?',
    text: 'You can come back in one of the ways that you set up.',
  })
  confirmation.answer('confirm')
  await flushPromises()
  expect(writes()).toEqual(['delete /api/session'])
})

test('the recovery link is made with one press, and is shown once', async () => {
  const page = await open()
  await press('Make recovery link')
  expect(writes()).toEqual(['post /api/recovery'])
  on.server.patch(ACCOUNT, 'e-2', [accountItems({ recovery: true })[0]!])
  await flushPromises()
  expect(page.find('[data-testid=recovery-link]').text()).toBe(`${location.origin}/sign-in#recovery=SECRET`)
  expect(page.find('svg[role=img]').exists()).toBe(true)
  await press('Replace link')
  expect(writes()).toEqual(['post /api/recovery'])
  on.run(() => useConfirmation()).answer('confirm')
  await flushPromises()
  expect(writes()).toEqual(['post /api/recovery', 'post /api/recovery'])
})

test('a recovery link of an earlier visit is not shown again', async () => {
  const page = await open({ recovery: true })
  expect(page.text()).toContain('You have a recovery link.')
  expect(page.find('[data-testid=recovery-link]').exists()).toBe(false)
  await press('Remove link')
  on.run(() => useConfirmation()).answer('confirm')
  await flushPromises()
  expect(writes()).toEqual(['delete /api/recovery'])
})

test('a code for another device counts down, and ends', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: Date.now() })
  const page = await open()
  await press('Show a code')
  expect(page.find('[data-testid=device-code]').text()).toBe('ABCD-EFGH')
  expect(page.find('[role=timer]').text()).toBe('It works once, for 10:00 more.')
  await vi.advanceTimersByTimeAsync(55_000)
  expect(page.find('[role=timer]').text()).toBe('It works once, for 9:05 more.')
  await vi.advanceTimersByTimeAsync(545_000)
  expect(page.find('[data-testid=device-code]').exists()).toBe(false)
  expect(page.text()).toContain('That code has ended.')
  vi.useRealTimers()
})

test('a mail address is confirmed by its code, and removed', async () => {
  answers['post /api/mail'] = { status: 202, data: {} }
  answers['post /api/mail/confirm'] = problem(403, 'wrong-code', 'The code is wrong.')
  const page = await open()
  await page.find('#your-mail-address').setValue('ada@example.org')
  await press('Send code')
  await page.find('#your-mail-code').setValue('123456')
  await press('Confirm address')
  expect(page.find('#your-mail-code-problem').text()).toBe('The code is wrong.')
  on.server.patch(ACCOUNT, 'e-2', [accountItems({ mail: 'ada@example.org' })[0]!])
  await flushPromises()
  expect(page.find('[data-testid=own-mail]').text()).toBe('ada@example.org')
  expect(page.text()).not.toContain('Mail to this address came back')
  on.server.patch(ACCOUNT, 'e-3', [accountItems({ mail: 'ada@example.org', hasBounced: true })[0]!])
  await flushPromises()
  expect(page.text()).toContain('Mail to this address came back')
  await press('Remove mail')
  expect(writes()).toEqual(['post /api/mail', 'post /api/mail/confirm', 'delete /api/mail'])
})

test('the provider and its accounts', async () => {
  const page = await open()
  expect(page.find('a[href*=oidc]').attributes('href')).toBe('/api/oidc/start?back=%2Fyou&bring=1')
  const linked = {
    kind: 'linked-account',
    key: 'linked-account:x',
    rank: 1,
    id: 'x',
    label: 'ada@work',
    added_at: 1,
  } as const
  on.server.patch(ACCOUNT, 'e-2', [linked])
  await flushPromises()
  await press('Remove ada@work')
  expect(writes()).toEqual(['delete /api/accounts/x'])
})

test('erasing oneself needs a typed word, and ends the session', async () => {
  await open()
  await press('Erase me')
  expect(document.querySelector('[role=alertdialog]')?.textContent).toContain(
    'You organize 1 event: it is handed to a co-host, or called off if there is none.',
  )
  await press('Erase me')
  expect(writes()).toEqual([])
  const input = document.querySelector<HTMLInputElement>('#erase-word')!
  input.value = ' Erase '
  input.dispatchEvent(new Event('input'))
  await flushPromises()
  await press('Erase me')
  expect(writes()).toEqual(['delete /api/me'])
  expect(on.router.currentRoute.value.fullPath).toBe('/')
})

test('moderators see the way to their queue', async () => {
  expect((await open()).find('a[href="/moderation"]').exists()).toBe(false)
  on.server.patch(ACCOUNT, 'e-2', [accountItems({ isModerator: true })[0]!])
  await flushPromises()
  expect(document.querySelector('a[href="/moderation"]')).not.toBeNull()
})

test('the new recovery link is copied, and printed on a sheet of its own', async () => {
  await open({ recovery: true })
  await press('Replace link')
  on.run(() => useConfirmation()).answer('confirm')
  await flushPromises()
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  await press('Copy link')
  expect(writeText).toHaveBeenCalledWith(`${location.origin}/sign-in#recovery=SECRET`)
  let printed: string | undefined
  window.print = () => (printed = document.querySelector('.print-sheet')?.textContent)
  await press('Print')
  expect(printed).toContain('Way back for Ada')
  expect(printed).toContain('#recovery=SECRET')
  document.dispatchEvent(new Event('keydown'))
  await flushPromises()
  expect(document.querySelector('.print-sheet')).toBeNull()
})
