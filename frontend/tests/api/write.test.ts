import type { AxiosResponse } from 'axios'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEvent } from '@/api/generated'
import { idempotencyKey } from '@/api/idempotency'
import { Rejection } from '@/api/rejection'
import { write } from '@/api/write'
import { answerHttp, problem, type Answer } from '../support/http'
import { stage } from '../support/mounting'

beforeEach(() => {
  vi.useFakeTimers()
  stage()
})
afterEach(() => vi.useRealTimers())

/** Answers a call one after the other, and notes the keys it was sent with. */
function server(...answers: Answer[]): { call: () => Promise<AxiosResponse>; keys: unknown[] } {
  const calls = answerHttp(() => answers.shift() ?? { status: 500 })
  return {
    call: () => createEvent({ body: { title: 'Go', starts: '2026-11-27T19:30', zone: 'Europe/Vienna' } }),
    get keys() {
      return calls.map(({ headers }) => headers['Idempotency-Key'])
    },
  }
}

const LOST: Answer = { status: 0 }

test('a write returns the data and its position', async () => {
  const { call } = server({ status: 201, data: { id: 'x' }, headers: { 'turnout-position': 'e-5' } })
  expect(await write(call)).toEqual({ data: { id: 'x' }, position: 'e-5', isReplayed: false })
})

test.each<[string, Answer[], boolean]>([
  ['an earlier call', [], true],
  ['an earlier call, after a refusal', [{ status: 429, data: {}, headers: { 'retry-after': '1' } }], true],
  ['the attempt whose answer was lost', [LOST], false],
])('a repeated answer tells the effect of %s', async (_, before, isReplayed) => {
  const { call } = server(...before, { status: 201, data: 'done', headers: { 'idempotent-replayed': 'true' } })
  const written = write(call)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await written).toMatchObject({ data: 'done', isReplayed })
})

describe('an outcome that is unknown is asked for once more, with the same key', () => {
  test.each([
    ['no answer', LOST, 400],
    ['503', { status: 503, data: {} }, 400],
    ['503 that says when', { status: 503, data: {}, headers: { 'retry-after': '2' } }, 2_000],
    ['503 that asks for an hour', { status: 503, data: {}, headers: { 'retry-after': '3600' } }, 3_000],
  ])('%s', async (_, first, wait) => {
    const asked = server(first, { status: 201, data: 'done' })
    const written = write(asked.call)
    await vi.advanceTimersByTimeAsync(wait - 1)
    expect(asked.keys).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect((await written).data).toBe('done')
    expect(asked.keys[1]).toBe(asked.keys[0])
  })

  test('and no third time', async () => {
    const asked = server(LOST, LOST)
    const written = expect(write(asked.call)).rejects.toMatchObject({ code: 'unreachable' })
    await vi.advanceTimersByTimeAsync(400)
    await written
    expect(asked.keys).toHaveLength(2)
  })
})

describe('too many requests', () => {
  const DETAIL = 'That was a lot at once. Try again in 20 seconds.'
  const refused = (seconds: string): Answer => ({
    ...problem(429, 'too-many', DETAIL),
    headers: { 'retry-after': seconds },
  })

  test('are a calm sentence', async () => {
    const asked = server(refused('20'))
    await expect(write(asked.call)).rejects.toMatchObject({ code: 'too-many', detail: DETAIL, retryAfterMs: 20_000 })
    expect(asked.keys).toHaveLength(1)
  })

  test('that may soon be sent are sent once more, with the same key', async () => {
    const asked = server(refused('2'), { status: 201, data: 'done' })
    const written = write(asked.call)
    await vi.advanceTimersByTimeAsync(2_000)
    expect((await written).data).toBe('done')
    expect(asked.keys[1]).toBe(asked.keys[0])
  })

  test('keep the key, since an attempt before may have had its effect', async () => {
    const asked = server(LOST, refused('20'), { status: 201, data: 'done' })
    const first = expect(write(asked.call)).rejects.toMatchObject({ code: 'too-many' })
    await vi.advanceTimersByTimeAsync(400)
    await first
    await write(asked.call)
    expect(new Set(asked.keys).size).toBe(1)
  })

  test('have words where a proxy has none', async () => {
    const { call } = server({ status: 429, data: '<html>' })
    await expect(write(call)).rejects.toMatchObject({
      code: 'too-many',
      detail: 'That was a lot at once. Try again in a moment.',
    })
  })
})

describe('a rejection', () => {
  test('for lack of room is not retried, since its outcome is known', async () => {
    const asked = server(problem(503, 'full', 'No room.'))
    await expect(write(asked.call)).rejects.toMatchObject({ code: 'full', detail: 'No room.' })
    expect(asked.keys).toHaveLength(1)
  })

  test('is not retried, and has the reason and the fields', async () => {
    const wrong = {
      code: 'invalid',
      detail: 'Look again.',
      errors: [{ field: 'title', message: 'must not be empty' }],
    }
    const asked = server({ status: 422, data: wrong })
    const rejection: unknown = await write(asked.call).catch((error: unknown) => error)
    expect(rejection).toBeInstanceOf(Rejection)
    expect(rejection).toMatchObject({ code: 'invalid', detail: 'Look again.' })
    expect((rejection as Rejection).fields.get('title')).toBe('It must not be empty.')
    expect(asked.keys).toHaveLength(1)
  })

  test('without a problem document is a server that could not answer', async () => {
    const { call } = server({ status: 500, data: '<html>' })
    await expect(write(call)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('a bug is no rejection', async () => {
    await expect(write(() => Promise.reject(new TypeError('bug')))).rejects.toBeInstanceOf(TypeError)
  })
})

describe('keys', () => {
  test('differ', () => {
    expect(idempotencyKey()).not.toBe(idempotencyKey())
  })

  test('are UUIDs on a page without HTTPS too', () => {
    const bytes = { getRandomValues: <T extends ArrayBufferView | null>(into: T): T => into }
    expect(idempotencyKey(bytes)).toBe('00000000-0000-4000-8000-000000000000')
  })
})
