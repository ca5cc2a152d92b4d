import { flushPromises } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { lazySocket } from '@/live/lazySocket'
import { FakeSocket } from '../support/server'

test('a socket that loads gets what was asked of it meanwhile, in order', async () => {
  const loaded = new FakeSocket()
  const onMessage = vi.fn()
  const socket = lazySocket(() => Promise.resolve(loaded))
  socket.addEventListener('message', onMessage)
  socket.send('{"type":"unwatch","view":"a"}')
  socket.close()
  await flushPromises()
  loaded.say({ type: 'beat', at: 'e-1' })
  expect(onMessage).toHaveBeenCalledOnce()
  expect([loaded.sent, loaded.closedByClient]).toEqual([[{ type: 'unwatch', view: 'a' }], true])
})

test('a socket that does not load is silent', async () => {
  const socket = lazySocket(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')))
  const onClose = vi.fn()
  socket.addEventListener('close', onClose)
  socket.close()
  await flushPromises()
  expect(onClose).not.toHaveBeenCalled()
})
