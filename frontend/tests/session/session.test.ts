import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { Rejection } from '@/api/rejection'
import { useSession } from '@/session/session'
import { useNotices } from '@/shell/notices'
import { ASK, answerHttp, callsOf, problem, sessionServer, type Call } from '../support/http'
import { stage, type Stage } from '../support/mounting'

const GRACE = { id: 'grace', name: 'Grace' }
const JOIN = { action: 'Join', title: 'Board games' }
let on: Stage

beforeEach(() => {
  on = stage()
  on.server.hello(null)
})

/** A server that signs up, and never sees its cookie again. */
function answersWithoutCookie(): { calls: Call[] } {
  const signedUp = { status: 201, data: { user: { id: 'ada', name: 'Ada' }, token: 't' } }
  return { calls: answerHttp(({ method }) => (method === 'post' ? signedUp : problem(401, 'signed-out', 'Sign up.'))) }
}

test('the session that began in another tab is found before a name is asked for', async () => {
  const { begin } = sessionServer()
  const session = on.run(() => useSession())
  begin(GRACE)
  const action = vi.fn(() => Promise.resolve())
  expect(await session.act(JOIN, action)).toBe(true)
  expect(action).toHaveBeenCalledOnce()
  expect([session.person, session.namePrompt]).toEqual([GRACE, null])
})

test('a session that begins while a name is entered stays, and the page says so', async () => {
  const { begin } = sessionServer()
  const session = on.run(() => useSession())
  const action = vi.fn(() => Promise.resolve())
  const acted = session.act(JOIN, action)
  await flushPromises()
  begin(GRACE)
  await session.signIn('Ada')
  expect(await acted).toBe(true)
  expect(session.person).toEqual(GRACE)
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual([
    "You're already here as \u2068Grace\u2069.",
  ])
})

test('two actions at once ask for a name once', async () => {
  sessionServer()
  const session = on.run(() => useSession())
  const acted = [session.act(JOIN, () => Promise.resolve()), session.act(JOIN, () => Promise.resolve())]
  await flushPromises()
  await session.signIn('Ada')
  expect(await Promise.all(acted)).toEqual([false, true])
})

test('a sign-up whose cookie does not come back is said, and never repeated', async () => {
  const { calls } = answersWithoutCookie()
  const session = on.run(() => useSession())
  const action = vi.fn(() => Promise.resolve())
  const acted = expect(session.act(JOIN, action)).rejects.toMatchObject({ code: 'cookies-blocked' })
  await flushPromises()
  await session.signIn('Ada')
  await acted
  await expect(session.act(JOIN, action)).rejects.toMatchObject({ code: 'cookies-blocked' })
  expect([action.mock.calls, session.namePrompt, session.person]).toEqual([[], null, null])
  expect(callsOf(calls).filter((call) => call.startsWith('post'))).toEqual(['post /api/session'])
})

test('a browser without cookies is not asked for a name', async () => {
  const { calls } = answersWithoutCookie()
  vi.spyOn(document, 'cookie', 'get').mockReturnValue('')
  const session = on.run(() => useSession())
  await expect(session.act(JOIN, () => Promise.resolve())).rejects.toMatchObject({ code: 'cookies-blocked' })
  expect(callsOf(calls)).toEqual([`get ${ASK}`])
})

test('an action that is refused again after a new sign-in ends there', async () => {
  const refused = new Rejection('signed-out', 'Sign up.')
  const { begin } = sessionServer()
  begin(GRACE)
  const action = vi.fn(() => Promise.reject(refused))
  await expect(on.run(() => useSession()).act(JOIN, action)).rejects.toBe(refused)
  expect(action).toHaveBeenCalledTimes(2)
})

test('signing out of a session that has ended is no problem', async () => {
  const { calls } = sessionServer()
  const session = on.run(() => useSession())
  await session.signOut()
  expect(callsOf(calls)).toEqual(['delete /api/sessions/current'])
  expect(session.person).toBeNull()
})

test('a session that another device ended is noticed by its view', async () => {
  const { calls } = sessionServer()
  on = stage()
  on.server.hello('grace')
  const session = on.run(() => useSession())
  await flushPromises()
  on.server.socket.say({ type: 'fail', view: 'me', code: 'signed-out', detail: 'Enter your name first.' })
  await flushPromises()
  expect(callsOf(calls)).toEqual([`get ${ASK}`])
  expect(session.person).toBeNull()
})
