import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { useSession } from '@/session/session'
import { useNotices } from '@/shell/notices'
import WayBackCard from '@/you/ways-back/WayBackCard.vue'
import WayBackNotice from '@/you/ways-back/WayBackNotice'
import { callsOf, sessionServer, type Call } from '../support/http'
import { stage, type Stage } from '../support/mounting'

let on: Stage
let calls: Call[]

beforeEach(async () => {
  on = stage()
  on.server.hello(null)
  calls = sessionServer(({ url }) =>
    url === '/api/recovery' ? { status: 201, data: { secret: 'S' } } : { status: 200, data: { ways: ['code'] } },
  ).calls
  const session = on.run(() => useSession())
  const acted = session.act({ action: 'Join', title: 'Chess' }, () => Promise.resolve())
  await flushPromises()
  await session.signIn('Ada')
  await acted
})

const isOffered = (): boolean => on.run(() => useSession()).isNew

test('the offer begins with the sign-up', () => {
  expect(isOffered()).toBe(true)
})

test('the card makes a recovery link with one press, and is gone for good when the person goes on', async () => {
  const card = on.mount(WayBackCard)
  await flushPromises()
  expect(card.text()).not.toContain('Add passkey')
  await card
    .findAll('button')
    .find((each) => each.text() === 'Make recovery link')!
    .trigger('click')
  await flushPromises()
  expect(callsOf(calls)).toContain('post /api/recovery')
  expect(card.find('[data-testid=recovery-link]').text()).toContain('/sign-in#recovery=S')
  expect(isOffered()).toBe(true)
  card.unmount()
  expect(isOffered()).toBe(false)
})

test('the card is closed by its button', async () => {
  await on.mount(WayBackCard).find('[aria-label=Close]').trigger('click')
  expect(isOffered()).toBe(false)
})

test('on a list a notice leads to the page You, and ends with it', async () => {
  const watcher = on.mount(WayBackNotice)
  const notices = on.run(() => useNotices())
  const [notice] = notices.notices
  expect(notice?.text).toContain('Keep a way back')
  notices.run(notice!)
  await flushPromises()
  expect(on.router.currentRoute.value.path).toBe('/you')
  watcher.unmount()
  expect([notices.notices, isOffered()]).toEqual([[], false])
})
