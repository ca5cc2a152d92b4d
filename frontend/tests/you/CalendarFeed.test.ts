import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { ACCOUNT, ME } from '@/live/liveViews'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import YouPage from '@/you/YouPage.vue'
import { answerHttp, callsOf, problem, type Answer, type Call } from '../support/http'
import { accountItems, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const PATH = '/api/feeds/SECRET.ics'
let on: Stage
let calls: Call[]
let made: Answer

beforeEach(() => {
  on = stage()
  made = { status: 201, data: { feed: PATH } }
  const read = { status: 200, data: { user: { id: 'ada', name: 'Ada' }, session: 'phone', ways: [] } }
  calls = answerHttp(({ method }) => (method === 'get' ? read : method === 'post' ? made : { status: 204 }))
})

async function open(feed: string | null): Promise<void> {
  on.mount(YouPage)
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user()])
  on.server.snapshot(ACCOUNT, accountItems({ feed }))
  await flushPromises()
}

async function press(label: string): Promise<void> {
  const buttons = [...document.querySelectorAll('button')]
  buttons.find((each) => each.textContent.trim() === label)!.click()
  await flushPromises()
}

const shown = (): string | undefined => document.querySelector('[data-testid=calendar-feed]')?.textContent
const writes = (): string[] => callsOf(calls).filter((call) => !call.startsWith('get'))

test('a feed is made, and shown once the view has it', async () => {
  await open(null)
  expect(shown()).toBeUndefined()
  await press('Make calendar feed')
  expect(writes()).toEqual(['post /api/me/feed'])
  on.server.patch(ACCOUNT, 'e-2', accountItems({ feed: PATH }))
  await flushPromises()
  expect(shown()).toBe(`${location.origin}${PATH}`)
})

test('its address opens the calendar app, and is copied', async () => {
  await open(PATH)
  const link = document.querySelector('a[href^="webcal:"]')!
  expect(link.getAttribute('href')).toBe(`${location.origin}${PATH}`.replace('http:', 'webcal:'))
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  await press('Copy address')
  expect(writeText).toHaveBeenCalledWith(`${location.origin}${PATH}`)
})

test('a browser that does not copy it is explained, and no notice has the secret', async () => {
  await open(PATH)
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('no'))
  await press('Copy address')
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual([
    "Your browser doesn't let us copy. Select the address and copy it.",
  ])
})

test('it is replaced and removed after a question', async () => {
  await open(PATH)
  const confirmation = on.run(() => useConfirmation())
  await press('Replace feed')
  expect(confirmation.question?.title).toBe('Replace your calendar feed?')
  confirmation.answer('dismiss')
  await flushPromises()
  expect(writes()).toEqual([])
  await press('Replace feed')
  confirmation.answer('confirm')
  await flushPromises()
  await press('Remove feed')
  confirmation.answer('confirm')
  await flushPromises()
  expect(writes()).toEqual(['post /api/me/feed', 'delete /api/me/feed'])
})

test('a refusal is said beside the button', async () => {
  made = problem(429, 'too-many', 'Too many at once.')
  await open(null)
  await press('Make calendar feed')
  expect(document.querySelector('[role=alert]')?.textContent).toContain('Too many at once.')
})
