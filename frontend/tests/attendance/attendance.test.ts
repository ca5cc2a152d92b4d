import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { useAttendance } from '@/attendance/attendance'
import { ME } from '@/live/liveViews'
import { answerHttp, type Call } from '../support/http'
import { event, mine, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const ADA = user()
const GOING = mine({ event: 'abc', status: 'going', party: 1 })
let on: Stage
let calls: Call[]

beforeEach(async () => {
  on = stage()
  calls = answerHttp(() => ({ status: 0 }))
  on.run(() => useAttendance())
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [ADA])
})

async function joinTwice(between: () => void): Promise<unknown[]> {
  const attendance = on.run(() => useAttendance())
  await attendance.join(event())
  between()
  await flushPromises()
  await attendance.join(event())
  return calls.map(({ headers }) => headers['Idempotency-Key'])
}

test('a join without an answer is sent again with its key', async () => {
  expect(new Set(await joinTwice(() => undefined)).size).toBe(1)
})

test('a join after a leave in another tab is a new one', async () => {
  const [first, retry, second] = await joinTwice(() => {
    on.server.patch(ME, 'e-2', [GOING])
    on.server.patch(ME, 'e-3', [], [GOING.key])
  })
  expect(retry).toBe(first)
  expect(second).not.toBe(first)
})
