import { expect, test, vi } from 'vitest'
import { onNetworkKind } from '@/live/networkKind'

test('another kind of network is reported, and another speed is not', () => {
  const connection = Object.assign(new EventTarget(), { type: 'wifi' })
  const changed = vi.fn()
  onNetworkKind(changed, { connection })
  connection.dispatchEvent(new Event('change'))
  expect(changed).not.toHaveBeenCalled()
  connection.type = 'cellular'
  connection.dispatchEvent(new Event('change'))
  expect(changed).toHaveBeenCalledOnce()
})

test('most browsers do not tell', () => {
  expect(() => onNetworkKind(() => undefined, {})).not.toThrow()
})
