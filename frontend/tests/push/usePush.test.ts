import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ACCOUNT, ME } from '@/live/liveViews'
import PushRenewal from '@/push/PushRenewal'
import { isPushWanted, setPushWish } from '@/push/pushWish'
import { subscriptionId } from '@/push/subscriptionId'
import PushHere from '@/you/notices/PushHere.vue'
import { answerHttp, callsOf, type Call } from '../support/http'
import { account, accountItems, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const ENDPOINT = 'https://push.example/abc'
const KEYS = { p256dh: 'p', auth: 'a' }

/** A browser that can push: what it was asked, and its subscription. */
class FakeBrowser {
  permission: NotificationPermission = 'default'
  answer: NotificationPermission = 'granted'
  subscription: object | null = null
  isServiceReachable = true
  asked = 0

  install(): void {
    const pushManager = {
      getSubscription: () => Promise.resolve(this.subscription),
      subscribe: () => {
        if (!this.isServiceReachable) return Promise.reject(new DOMException('no service', 'AbortError'))
        this.subscription = {
          toJSON: () => ({ endpoint: ENDPOINT, keys: KEYS }),
          unsubscribe: () => Promise.resolve((this.subscription = null)),
        }
        return Promise.resolve(this.subscription)
      },
    }
    const registration = { pushManager }
    vi.stubGlobal('PushManager', Object)
    vi.stubGlobal('Notification', {
      get permission() {
        return browser.permission
      },
      requestPermission: () => {
        this.asked += 1
        return Promise.resolve((this.permission = this.answer))
      },
    })
    const serviceWorker = {
      getRegistration: () => Promise.resolve(registration),
      register: () => Promise.resolve(registration),
      ready: Promise.resolve(registration),
    }
    Object.defineProperty(navigator, 'serviceWorker', { value: serviceWorker, configurable: true })
  }
}

let browser: FakeBrowser
let on: Stage
let calls: Call[]
let page: VueWrapper

beforeEach(async () => {
  localStorage.clear()
  browser = new FakeBrowser()
  browser.install()
  on = stage()
  calls = answerHttp(({ url }) => (url === '/api/push/key' ? { status: 200, data: { key: 'K' } } : { status: 201 }))
  on.run(() => on.server.hello('ada'))
  await flushPromises()
  on.server.snapshot(ME, [user()])
})
afterEach(() => {
  page.unmount()
  Reflect.deleteProperty(navigator, 'serviceWorker')
  vi.unstubAllGlobals()
})

async function push(): Promise<{
  kind: 'push'
  key: string
  rank: number
  added_at: number
  session: string
  id: string
}> {
  return { kind: 'push', key: 'push', rank: 1, added_at: 1, session: 's', id: await subscriptionId(ENDPOINT) }
}

const writes = (): string[] => callsOf(calls).filter((call) => !call.startsWith('get'))

async function press(): Promise<void> {
  await page.find('button').trigger('click')
  await vi.waitFor(() => expect(page.find('button').attributes('aria-disabled')).not.toBe('true'))
  await flushPromises()
}

test('nothing is asked before the press; then the browser subscribes', async () => {
  page = on.mount(PushHere, { account: account() })
  await flushPromises()
  expect([browser.asked, callsOf(calls)]).toEqual([0, []])
  await press()
  expect(browser.asked).toBe(1)
  expect(calls.at(-1)).toMatchObject({ method: 'post', url: '/api/me/push', body: { endpoint: ENDPOINT, keys: KEYS } })
  await page.setProps({ account: account({ pushes: [await push()] }) })
  await vi.waitFor(() => expect(page.text()).toContain('also while the page is closed'))
  await press()
  expect(writes().at(-1)).toBe(`delete /api/me/push/${await subscriptionId(ENDPOINT)}`)
  expect(browser.subscription).toBeNull()
})

test('a person who refuses is told where to change that', async () => {
  browser.answer = 'denied'
  page = on.mount(PushHere, { account: account() })
  await page.find('button').trigger('click')
  await vi.waitFor(() => expect(page.text()).toContain('Your browser blocks notifications'))
  expect([writes(), page.find('button').exists()]).toEqual([[], false])
})

test('a push service that is not reached', async () => {
  browser.isServiceReachable = false
  page = on.mount(PushHere, { account: account() })
  await press()
  expect(page.find('[role=alert]').text()).toContain("couldn't reach its push service")
  expect(writes()).toEqual([])
})

test('a browser without push', () => {
  Reflect.deleteProperty(navigator, 'serviceWorker')
  page = on.mount(PushHere, { account: account() })
  expect([page.text(), page.find('button').exists()]).toEqual([expect.stringContaining("can't show notices"), false])
})

test.each([
  ['the person who has switched it on', 'ada', 1],
  ['nobody else', 'ben', 0],
])('a lost subscription is renewed for %s', async (_, wanted, count) => {
  browser.permission = 'granted'
  setPushWish(wanted)
  page = on.mount(PushRenewal)
  on.server.snapshot(ACCOUNT, accountItems())
  await flushPromises()
  if (count > 0) await vi.waitFor(() => expect(writes()).toHaveLength(1))
  expect(writes()).toEqual(Array(count).fill('post /api/me/push'))
  on.server.snapshot(ACCOUNT, accountItems({ recovery: true }))
  await flushPromises()
  expect([writes().length, browser.asked <= 1]).toEqual([count, true])
})

test('a subscription that the server has is left alone', async () => {
  browser.permission = 'granted'
  browser.subscription = { toJSON: () => ({ endpoint: ENDPOINT, keys: KEYS }) }
  setPushWish('ada')
  expect([isPushWanted('ada'), isPushWanted('ben')]).toEqual([true, false])
  page = on.mount(PushRenewal)
  on.server.snapshot(ACCOUNT, accountItems({ pushes: [await push()] }))
  await flushPromises()
  await subscriptionId(ENDPOINT)
  await flushPromises()
  expect(calls).toEqual([])
})
