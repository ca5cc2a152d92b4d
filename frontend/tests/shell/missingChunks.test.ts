import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { hasUnsavedText, recoverMissingChunks, recoveryOf, useFirstPage } from '@/shell/missingChunks'
import { useNotices } from '@/shell/notices'
import { stage, type Stage } from '../support/mounting'

const GONE = new TypeError('Failed to fetch dynamically imported module: /assets/EventPage-old.js')

let on: Stage
let isReachable: boolean
let isUnsaved: boolean
let chunk: () => Promise<object>
const reload = vi.fn<(path: string) => void>()

beforeEach(() => {
  on = stage()
  isReachable = isUnsaved = false
  reload.mockClear()
  chunk = () => Promise.reject(GONE)
  on.router.addRoute({ path: '/lazy', component: () => chunk() as Promise<never> })
  on.router.addRoute({ path: '/broken', component: () => Promise.reject(new Error('a bug')) })
  on.run(() =>
    recoverMissingChunks(on.router, {
      isServerReachable: () => Promise.resolve(isReachable),
      hasUnsavedText: () => isUnsaved,
      reload,
    }),
  )
})

const notices = (): (readonly [string, string | undefined])[] =>
  useNotices().notices.map(({ text, action }) => [text, action?.label] as const)

async function open(path: string): Promise<void> {
  await on.router.push(path).catch(() => undefined)
  await flushPromises()
}

test.each([
  [false, false, 'wait'],
  [false, true, 'wait'],
  [true, false, 'reload'],
  [true, true, 'ask'],
] as const)('server reachable: %s, unsaved text: %s: %s', (reachable, unsaved, expected) => {
  expect(recoveryOf(reachable, unsaved)).toBe(expected)
})

test('without the server the page stays, a notice says so once, and Try again opens the other', async () => {
  await open('/new')
  await open('/lazy?x=1')
  await open('/lazy?x=1')
  expect(on.router.currentRoute.value.path).toBe('/new')
  expect(reload).not.toHaveBeenCalled()
  expect(notices()).toEqual([[expect.stringContaining("can't open yet"), 'Try again']])
  chunk = () => Promise.resolve({ render: () => null })
  useNotices().notices[0]?.action?.run()
  await flushPromises()
  expect(on.router.currentRoute.value.fullPath).toBe('/lazy?x=1')
  expect(notices()).toEqual([])
})

test('after an upgrade the page is loaded from the server', async () => {
  isReachable = true
  await open('/new')
  await open('/lazy?x=1')
  expect(reload.mock.calls).toEqual([['/lazy?x=1']])
})

test('but not where a form has unsaved text: then it asks', async () => {
  isReachable = isUnsaved = true
  await open('/new')
  await open('/lazy')
  expect(reload).not.toHaveBeenCalled()
  expect(notices()).toEqual([[expect.stringContaining("isn't saved yet"), 'Reload']])
  useNotices().notices[0]?.action?.run()
  expect(reload.mock.calls).toEqual([['/lazy']])
})

test('the first page is not reloaded, so that nothing loads in circles', async () => {
  isReachable = true
  await open('/lazy')
  expect(reload).not.toHaveBeenCalled()
  expect(useFirstPage().failed).toBe('/lazy')
  await open('/')
  expect(useFirstPage().failed).toBeNull()
})

test('a page with a bug is neither', async () => {
  await open('/new')
  await open('/broken')
  expect([notices(), reload.mock.calls]).toEqual([[], []])
})

test('a form with unsaved text is found by what it asks of the browser', () => {
  const page = new EventTarget()
  expect(hasUnsavedText(page)).toBe(false)
  page.addEventListener('beforeunload', (event) => event.preventDefault())
  expect(hasUnsavedText(page)).toBe(true)
})
