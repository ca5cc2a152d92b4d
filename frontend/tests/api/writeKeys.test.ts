import { beforeEach, expect, test } from 'vitest'
import {
  cancelEvent,
  changeParty,
  createEvent,
  createSession,
  deleteEvent,
  deleteSession,
  editEvent,
  getSession,
  joinEvent,
  removeAttendee,
  unattendEvent,
} from '@/api/generated'
import { attendanceOf, useWriteKeys } from '@/api/writeKeys'
import { answerHttp, problem, type Answer } from '../support/http'
import { stage, type Stage } from '../support/mounting'

const LOST: Answer = { status: 0 }
const DONE: Answer = { status: 200 }
const [EVENT, OTHER] = [{ event: 'abc' }, { event: 'other' }]
const DRAFT = { title: 'Go', starts: '2026-11-27T19:30', zone: 'Europe/Vienna' }

const join = (event = EVENT, party = 1): Promise<unknown> => joinEvent({ path: event, body: { party } })
const leave = (): Promise<unknown> => unattendEvent({ path: EVENT })

let on: Stage

beforeEach(() => (on = stage()))

/** Sends calls one after the other, with these answers, and returns their keys. */
async function keysOf(...steps: [() => Promise<unknown>, Answer][]): Promise<unknown[]> {
  const answers = steps.map(([, answer]) => answer)
  const calls = answerHttp(() => answers.shift() ?? DONE)
  for (const [call] of steps) await call().catch(() => undefined)
  return calls.map(({ headers }) => headers['Idempotency-Key'])
}

test.each<[string, () => Promise<unknown>]>([
  ['create', () => createEvent({ body: DRAFT })],
  ['edit', () => editEvent({ path: EVENT, body: { title: 'Go' }, headers: { 'If-Match': '"1"' } })],
  ['call off', () => cancelEvent({ path: EVENT })],
  ['delete', () => deleteEvent({ path: EVENT })],
  ['join', () => join()],
  ['change seats', () => changeParty({ path: EVENT, body: { party: 2 } })],
  ['leave', leave],
  ['remove', () => removeAttendee({ path: { ...EVENT, user: 'ada' } })],
  ['sign up', () => createSession({ body: { name: 'Ada' } })],
  ['sign out', () => deleteSession()],
])('%s keeps its key until there is an answer', async (_, call) => {
  const [first, again, last, next] = await keysOf([call, LOST], [call, LOST], [call, DONE], [call, DONE])
  expect(first).toMatch(/^[0-9a-f-]{36}$/)
  expect([again, last]).toEqual([first, first])
  expect(next).not.toBe(first)
})

test.each<[string, Answer, boolean]>([
  ['503', { status: 503, data: {} }, true],
  ['a failure of a proxy', { status: 502, data: '<html>' }, true],
  ['a lack of room, which has changed nothing', problem(503, 'full', 'No room.'), false],
  ['a refusal', problem(409, 'event-full', 'No seats are left.'), false],
])('%s: is the outcome unknown?', async (_, answer, isUnknown) => {
  const [first, again] = await keysOf([() => join(), answer], [() => join(), DONE])
  expect(again === first).toBe(isUnknown)
})

test('another content is another write', async () => {
  const keys = await keysOf([() => join(), LOST], [() => join(EVENT, 2), LOST], [() => join(OTHER), LOST])
  expect(new Set(keys).size).toBe(3)
})

test('an edit of another version is another write', async () => {
  const edit = (version: string) => () =>
    editEvent({ path: EVENT, body: { title: 'Go' }, headers: { 'If-Match': version } })
  const [first, again] = await keysOf([edit('"1"'), LOST], [edit('"2"'), DONE])
  expect(again).not.toBe(first)
})

test('a join after a leave is another write than the join before', async () => {
  const [first, , again] = await keysOf([() => join(), LOST], [leave, DONE], [() => join(), DONE])
  expect(again).not.toBe(first)
})

test('writes to other resources leave a key as it is', async () => {
  const [first, , again] = await keysOf([() => join(), LOST], [() => join(OTHER), DONE], [() => join(), DONE])
  expect(again).toBe(first)
})

test('a released key is not used again', async () => {
  const calls = answerHttp(() => LOST)
  await join().catch(() => undefined)
  on.run(() => useWriteKeys()).release(attendanceOf('abc'))
  await join().catch(() => undefined)
  const [first, again] = calls.map(({ headers }) => headers['Idempotency-Key'])
  expect(again).not.toBe(first)
})

test('a read has no key', async () => {
  expect(await keysOf([() => getSession(), DONE])).toEqual([undefined])
})

test('a call with a key of its own keeps it, and leaves the others as they are', async () => {
  const create = (headers?: { 'Idempotency-Key': string }) => () =>
    createEvent({ body: DRAFT, ...(headers && { headers }) })
  const keys = await keysOf([create(), LOST], [create({ 'Idempotency-Key': 'own-key' }), DONE], [create(), DONE])
  expect(keys).toEqual([keys[0], 'own-key', keys[0]])
})
