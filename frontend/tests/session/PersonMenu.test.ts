import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import PersonMenu from '@/session/PersonMenu.vue'
import { useConfirmation } from '@/shell/confirmation'
import { answerHttp, callsOf, type Call } from '../support/http'
import { user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
let calls: Call[]

beforeEach(async () => {
  on = stage()
  calls = answerHttp(({ method }) =>
    method === 'patch' ? { status: 200, data: { user: { id: 'ada', name: 'Ada L' } } } : { status: 204 },
  )
  await on.router.push('/')
  on.mount(PersonMenu)
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot('me', [user()])
  await flushPromises()
})

const button = (): HTMLElement => document.querySelector<HTMLElement>('[data-testid=person]')!
const items = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[role=menuitem]')]

async function choose(label: string): Promise<void> {
  button().click()
  await import('@/session/menu/PersonMenuItems.vue')
  await flushPromises()
  items()
    .find((each) => each.textContent.trim() === label)!
    .click()
  await flushPromises()
}

test('the menu has the ways of a person, and closes with its button', async () => {
  button().click()
  await import('@/session/menu/PersonMenuItems.vue')
  await flushPromises()
  expect(items().map((each) => each.textContent.trim())).toEqual(['You', 'My events', 'Rename', 'Sign out this device'])
  expect(button().getAttribute('aria-expanded')).toBe('true')
  button().click()
  await flushPromises()
  expect(items()).toEqual([])
})

test('a name that another device changed shows at once', async () => {
  on.server.patch('me', 'e-2', [user({ id: 'ada', name: 'Ada Lovelace' })])
  await flushPromises()
  expect(button().textContent).toContain('Ada Lovelace')
})

test('a new name is sent', async () => {
  await choose('Rename')
  const input = document.querySelector('input')!
  expect(input.value).toBe('Ada')
  input.value = 'Ada L'
  input.dispatchEvent(new Event('input'))
  document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
  expect(calls.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['patch', '/api/session', { name: 'Ada L' }],
  ])
  expect(document.querySelector('[role=dialog]')).toBeNull()
})

test('signing out asks first, and ends the session of this device alone', async () => {
  await choose('Sign out this device')
  expect(callsOf(calls)).toEqual([])
  on.run(() => useConfirmation()).answer('confirm')
  await flushPromises()
  expect(callsOf(calls)).toEqual(['delete /api/sessions/current'])
  expect(document.querySelector('[data-testid=person]')).toBeNull()
})

test('a closed dialog returns the focus to the button', async () => {
  await choose('Rename')
  expect(document.activeElement?.id).toBe('new-name')
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await flushPromises()
  await vi.waitFor(() => expect(document.activeElement).toBe(button()))
})

test('Escape closes the menu, and returns the focus to the button', async () => {
  button().click()
  await import('@/session/menu/PersonMenuItems.vue')
  await flushPromises()
  items()[0]!.focus()
  items()[0]!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await vi.waitFor(() => expect(items()).toEqual([]))
  await vi.waitFor(() => expect(document.activeElement).toBe(button()))
})
