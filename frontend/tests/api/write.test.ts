import { AxiosError, AxiosHeaders, type AxiosResponse } from 'axios'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { idempotencyKey } from '@/api/idempotency'
import { Rejection } from '@/api/rejection'
import { keyPerBody, write } from '@/api/write'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function answer<T>(status: number, data: T, headers: Record<string, string> = {}): AxiosResponse<T> {
  return { status, statusText: '', data, headers, config: { headers: new AxiosHeaders() } }
}

function refusal(status: number, data: unknown, headers: Record<string, string> = {}): AxiosError {
  return new AxiosError('refused', undefined, undefined, undefined, answer(status, data, headers))
}

const UNREACHABLE = new AxiosError('Network Error')

/** Answers one after the other, and notes the keys they were asked with. */
function server(...answers: (AxiosResponse | AxiosError)[]): { call: Parameters<typeof write>[0]; keys: string[] } {
  const keys: string[] = []
  return {
    keys,
    call: (headers) => {
      const next = answers[keys.length]
      keys.push(headers['Idempotency-Key'])
      return next instanceof AxiosError ? Promise.reject(next) : Promise.resolve(next ?? answer(500, null))
    },
  }
}

test('a write returns the data and its position', async () => {
  const { call } = server(answer(201, { id: 'x' }, { 'turnout-position': 'e-5' }))
  expect(await write(call)).toEqual({ data: { id: 'x' }, position: 'e-5' })
})

describe('an outcome that is unknown is asked for once more, with the same key', () => {
  test.each([
    ['no answer', UNREACHABLE, 400],
    ['503', refusal(503, {}), 400],
    ['503 that says when', refusal(503, {}, { 'retry-after': '2' }), 2_000],
    ['503 that asks for an hour', refusal(503, {}, { 'retry-after': '3600' }), 3_000],
  ])('%s', async (_, first, wait) => {
    const { call, keys } = server(first, answer(201, 'done'))
    const written = write(call)
    await vi.advanceTimersByTimeAsync(wait - 1)
    expect(keys).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect((await written).data).toBe('done')
    expect(keys[1]).toBe(keys[0])
  })

  test('and no third time', async () => {
    const { call, keys } = server(UNREACHABLE, UNREACHABLE)
    const written = expect(write(call)).rejects.toMatchObject({ code: 'unreachable' })
    await vi.advanceTimersByTimeAsync(400)
    await written
    expect(keys).toHaveLength(2)
  })
})

describe('a rejection', () => {
  test('for lack of room is not retried, since its outcome is known', async () => {
    const { call, keys } = server(refusal(503, { code: 'full', detail: 'No room.' }, { 'retry-after': '10' }))
    await expect(write(call)).rejects.toMatchObject({ code: 'full', detail: 'No room.' })
    expect(keys).toHaveLength(1)
  })

  test('is not retried, and has the reason and the fields', async () => {
    const problem = {
      code: 'invalid',
      detail: 'Look again.',
      errors: [{ field: 'title', message: 'must not be empty' }],
    }
    const { call, keys } = server(refusal(422, problem))
    const rejection: unknown = await write(call).catch((error: unknown) => error)
    expect(rejection).toBeInstanceOf(Rejection)
    expect(rejection).toMatchObject({ code: 'invalid', detail: 'Look again.' })
    expect((rejection as Rejection).fields.get('title')).toBe('must not be empty')
    expect(keys).toHaveLength(1)
  })

  test('without a problem document is a server that could not answer', async () => {
    const { call } = server(refusal(500, '<html>'))
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

test('a body that is sent again after no answer keeps its key, and another body gets another', async () => {
  const { call, keys } = server(UNREACHABLE, UNREACHABLE, answer(201, null))
  const key = keyPerBody()
  const first = write(call, key({ title: 'Go' })).catch((error: unknown) => error)
  await vi.runAllTimersAsync()
  expect(String(await first)).toContain('never counts twice')
  await write(call, key({ title: 'Go' }))
  expect(new Set(keys).size).toBe(1)
  expect(key({ title: 'Chess' })).not.toBe(keys[0])
})
