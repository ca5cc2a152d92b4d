import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { useSession } from '@/session/session'
import { useNotices } from '@/shell/notices'
import { callsOf, sessionServer } from '../support/http'
import { stage, type Stage } from '../support/mounting'

const GRACE = { id: 'grace', name: 'Grace' }
const JOIN = { action: 'Join', title: 'Board games' }
let on: Stage

beforeEach(() => {
  on = stage()
  on.server.hello(null)
})

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
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual(["You're already here as Grace."])
})

test('two actions at once ask for a name once', async () => {
  sessionServer()
  const session = on.run(() => useSession())
  const acted = [session.act(JOIN, () => Promise.resolve()), session.act(JOIN, () => Promise.resolve())]
  await flushPromises()
  await session.signIn('Ada')
  expect(await Promise.all(acted)).toEqual([false, true])
})

test('signing out of a session that has ended is no problem', async () => {
  const { calls } = sessionServer()
  const session = on.run(() => useSession())
  await session.signOut()
  expect(callsOf(calls)).toEqual(['delete /api/session'])
  expect(session.person).toBeNull()
})
