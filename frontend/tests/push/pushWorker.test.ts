import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'

const SCOPE = 'https://example.org/turnout/'

/** The events and the outside of a service worker, in which the file runs. */
async function worker(pages: { url: string; focus: () => void }[] = []) {
  const handlers = new Map<string, (event: object) => void>()
  const shown: unknown[][] = []
  const openWindow = vi.fn()
  const self = {
    addEventListener: (name: string, handle: (event: object) => void) => handlers.set(name, handle),
    registration: { scope: SCOPE, showNotification: (...call: unknown[]) => shown.push(call) },
    clients: { matchAll: () => Promise.resolve(pages), openWindow },
  }
  runInNewContext(await readFile('public/push-worker.js', 'utf8'), { self, URL })
  const run = async (name: string, event: object): Promise<void> => {
    let done: Promise<void> | undefined
    handlers.get(name)?.({ ...event, waitUntil: (task: Promise<void>) => (done = task) })
    await done
  }
  return { run, shown, openWindow }
}

const press = (path: unknown) => ({ notification: { close: () => undefined, data: { path } } })

test('a message is a notification; the same one again replaces it', async () => {
  const { run, shown } = await worker()
  const message = { id: '7.promoted.abc', title: 'Board games', body: 'You moved up.', path: '/events/abc' }
  await run('push', { data: { json: () => message } })
  expect(shown).toEqual([
    ['Board games', { body: 'You moved up.', tag: '7.promoted.abc', data: { path: '/events/abc' } }],
  ])
})

test.each([[null], [{ json: () => JSON.parse('{') as unknown }], [{ json: () => 7 }]])(
  'a message that cannot be read has a notification, too',
  async (data) => {
    const { run, shown } = await worker()
    await run('push', { data })
    expect(shown).toEqual([
      ['Turnout', { body: 'There is something new.', tag: 'unknown', data: { path: '/notices' } }],
    ])
  },
)

test.each([
  ['/events/abc', `${SCOPE}events/abc`],
  ['/notices', `${SCOPE}notices`],
  ['//evil.example/', SCOPE],
  ['/../../admin', SCOPE],
  ['https://evil.example/', SCOPE],
  [undefined, SCOPE],
])('a press on the notification of %s opens %s', async (path, address) => {
  const { run, openWindow } = await worker()
  await run('notificationclick', press(path))
  expect(openWindow).toHaveBeenCalledWith(expect.stringMatching(new RegExp(`^${SCOPE}`)))
  if (path?.startsWith('/events') || path === '/notices') expect(openWindow).toHaveBeenCalledWith(address)
})

test('a press goes to the page, if it is open', async () => {
  const focus = vi.fn()
  const { run, openWindow } = await worker([{ url: `${SCOPE}events/abc`, focus }])
  await run('notificationclick', press('/events/abc'))
  expect([focus.mock.calls.length, openWindow.mock.calls.length]).toEqual([1, 0])
})
