import { beforeEach, expect, test } from 'vitest'
import { addEvent } from '@/import/addEvent'
import { answerHttp, problem, type Answer, type Call } from '../support/http'
import { stage } from '../support/mounting'

const DRAFT = { title: 'Go', starts: '2026-12-05T19:30', zone: 'Europe/Vienna' }
const REPLAYED = { 'idempotent-replayed': 'true' }

beforeEach(() => void stage())

function answers(...all: Answer[]): Call[] {
  return answerHttp(() => all.shift() ?? { status: 500 })
}

function made(id: string, status = 'scheduled', headers: Record<string, string> = {}): Answer {
  return { status: 201, data: { id, status }, headers }
}

const keys = (calls: Call[]): unknown[] => calls.map(({ headers }) => headers['Idempotency-Key'])

test('an event is sent with the key of its row', async () => {
  const calls = answers(made('abc'))
  expect(await addEvent(DRAFT, 'k', false)).toEqual({ kind: 'added', id: 'abc', isEarlier: false })
  expect([keys(calls), calls[0]?.body]).toEqual([['k'], DRAFT])
})

test('a lost answer is asked for once more with the same key', async () => {
  const calls = answers({ status: 0 }, made('abc', 'scheduled', REPLAYED))
  expect(await addEvent(DRAFT, 'k', false)).toEqual({ kind: 'added', id: 'abc', isEarlier: false })
  expect(keys(calls)).toEqual(['k', 'k'])
})

test.each([
  [false, true],
  [true, false],
])('the answer of an earlier import; sent by this page before: %s', async (isRetry, isEarlier) => {
  answers(made('abc', 'scheduled', REPLAYED))
  expect(await addEvent(DRAFT, 'k', isRetry)).toEqual({ kind: 'added', id: 'abc', isEarlier })
})

test('an event that was deleted or called off since is made once more', async () => {
  const gone = problem(404, 'event-not-found', 'There is no such event.')
  const calls = answers(gone, made('old', 'cancelled', REPLAYED), made('new'))
  expect(await addEvent(DRAFT, 'k', false)).toEqual({ kind: 'added', id: 'new', isEarlier: false })
  expect(keys(calls)).toEqual(['k', 'k-again-2', 'k-again-3'])
})

test('a refusal names the field', async () => {
  const refusal = problem(422, 'invalid', 'The input is invalid.')
  answers({
    ...refusal,
    data: { ...(refusal.data as object), errors: [{ field: 'starts', message: 'must be ahead' }] },
  })
  expect(await addEvent(DRAFT, 'k', false)).toEqual({ kind: 'refused', reason: 'Start must be ahead.' })
})

test.each([
  ['what the server says', { 'retry-after': '8' }, 8_000],
  ['a while if it does not say', {}, 5_000],
])('too many at once: %s', async (_, headers, waitMs) => {
  answers({ ...problem(429, 'too-many', 'That was a lot at once.'), headers })
  expect(await addEvent(DRAFT, 'k', false)).toEqual({ kind: 'busy', reason: 'That was a lot at once.', waitMs })
})

test('a quota and a server without an answer end the run', async () => {
  answers(problem(409, 'quota-reached', 'You have 50 upcoming events.'))
  expect(await addEvent(DRAFT, 'k', false)).toEqual({ kind: 'stopped', reason: 'You have 50 upcoming events.' })
  answers({ status: 0 }, { status: 0 })
  expect(await addEvent(DRAFT, 'k', false)).toMatchObject({ kind: 'stopped' })
})

test('a session that has ended is for the caller', async () => {
  answers(problem(401, 'signed-out', 'Sign up.'))
  await expect(addEvent(DRAFT, 'k', false)).rejects.toMatchObject({ code: 'signed-out' })
})
