import { expect, test } from 'vitest'
import { subscriptionId } from '@/push/subscriptionId'

const ENDPOINT = 'https://push.example/abc'

test('the id is that of the server', async () => {
  // base64url(SHA-256("https://push.example/abc")), by Python's hashlib
  expect(await subscriptionId(ENDPOINT)).toBe('96Jj-Hhun5VAxIp1ckXjEp')
})
