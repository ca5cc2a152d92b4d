import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { useNotices } from '@/shell/notices'
import { arrivingSecret } from '@/sign-in/arrivingSecret'
import SignInPage from '@/sign-in/SignInPage.vue'
import { ASK, answerHttp, problem, type Answer, type Call } from '../support/http'
import { user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const ADA = { id: 'ada', name: 'Ada' }
let on: Stage
let calls: Call[]
let signIn: Answer

beforeEach(() => {
  on = stage()
  arrivingSecret.value = null
  signIn = { status: 201, data: { user: ADA, session: 's', token: 't' } }
  calls = answerHttp(({ method, url }) => {
    if (url === '/api/sign-in')
      return method === 'get' ? { status: 200, data: { ways: ['code', 'mail'], provider: 'Friends' } } : signIn
    return url === ASK ? { status: 200, data: { user: ADA, session: 's' } } : { status: 202, data: {} }
  })
})

async function open(guest: string | null = null, counts = { organizes: 1, attends: 1 }): Promise<VueWrapper> {
  const page = on.mount(SignInPage)
  on.server.hello(guest)
  await flushPromises()
  if (guest) on.server.snapshot('me', [user({ id: guest, name: 'Guest', ...counts })])
  await flushPromises()
  return page
}

const sent = (): unknown[] => calls.filter(({ method }) => method === 'post').map(({ url, body }) => [url, body])

async function press(page: VueWrapper, label: string): Promise<void> {
  const button = page.findAll('button').find((each) => each.text() === label)
  if (button?.attributes('type') === 'submit') button.element.form!.dispatchEvent(new Event('submit'))
  else await button!.trigger('click')
  await flushPromises()
}

test('opening a link changes nothing, and its button signs in', async () => {
  arrivingSecret.value = { way: 'recovery', secret: 'ABC' }
  const page = await open()
  expect(sent()).toEqual([])
  await press(page, 'Sign in on this device')
  expect(sent()).toEqual([['/api/sign-in', { way: 'recovery', secret: 'ABC' }]])
  expect(arrivingSecret.value).toBeNull()
  expect(on.router.currentRoute.value.fullPath).toBe('/?when=mine')
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual(['Welcome back, \u2068Ada\u2069.'])
})

test('a refusal shows beside its button, and the person may try again', async () => {
  signIn = problem(403, 'sign-in-failed', 'That did not work.')
  const page = await open()
  const code = page.find('#code-typed')
  await code.setValue('AB-CD')
  await press(page, 'Sign in with code')
  expect(sent()).toEqual([['/api/sign-in', { way: 'code', code: 'AB-CD' }]])
  expect(page.find('#code-typed-problem').text()).toBe('That did not work.')
  expect(page.find('#recovery-typed-problem').exists()).toBe(false)
  expect((code.element as HTMLInputElement).value).toBe('AB-CD')
})

test.each([
  [true, { way: 'code', code: 'AB-CD', bring: true }],
  [false, { way: 'code', code: 'AB-CD' }],
])('the guest of this device comes along if asked for: %s', async (brings, body) => {
  const page = await open('guest')
  expect(page.find('legend').text()).toBe("Bring \u2068Guest\u2069's 1 event and 1 seat along?")
  if (!brings) await page.findAll('input[type=radio]')[1]!.setValue()
  expect(page.find('a[href*=oidc]').attributes('href')?.includes('bring=1')).toBe(brings)
  await page.find('#code-typed').setValue('AB-CD')
  await press(page, 'Sign in with code')
  expect(sent()).toEqual([['/api/sign-in', body]])
})

test('a guest without events and seats is not asked about', async () => {
  const page = await open('guest', { organizes: 0, attends: 0 })
  expect(page.find('legend').exists()).toBe(false)
  await page.find('#code-typed').setValue('AB-CD')
  await press(page, 'Sign in with code')
  expect(sent()).toEqual([['/api/sign-in', { way: 'code', code: 'AB-CD' }]])
})

test('a code by mail: first the address, then the code', async () => {
  const page = await open()
  await page.find('#mail-address').setValue('ada@example.org')
  await press(page, 'Send code')
  expect(page.text()).toContain('If someone here has this address')
  expect(document.activeElement?.id).toBe('mail-code')
  await page.find('#mail-code').setValue('123456')
  await page.find('#mail-code').trigger('submit')
  await flushPromises()
  expect(sent()).toEqual([
    ['/api/sign-in/mail', { address: 'ada@example.org' }],
    ['/api/sign-in', { way: 'mail', address: 'ada@example.org', code: '123456' }],
  ])
})

test('ways that the server lacks are not offered', async () => {
  const page = await open()
  expect(page.find('#mail-head').exists()).toBe(true)
  expect(page.find('#passkey-head').exists()).toBe(false)
})
