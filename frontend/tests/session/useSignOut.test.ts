import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import { ME } from '@/live/liveViews'
import { lossWords } from '@/session/useSignOut'
import AppFooter from '@/shell/AppFooter.vue'
import { useConfirmation } from '@/shell/confirmation'
import { answerHttp } from '../support/http'
import { card, mine, STARTS_AT } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const FINAL = "You can't come back as \u2068Ada\u2069: the same name later is a new guest."
let on: Stage

beforeEach(() => (on = stage()))

describe('the losses', () => {
  const own = (id: string, change: Parameters<typeof mine>[0], its: Parameters<typeof card>[0] = {}) => [
    card({ id, ...its }),
    mine({ event: id, status: null, party: 0, ...change }),
  ]

  test.each([
    ['nothing but the name', [], FINAL],
    [
      'an event',
      own('a', { organizing: true }),
      `${FINAL} You organize 1 event, and no one will be able to edit it or call it off.`,
    ],
    [
      'events and seats',
      [...own('a', { organizing: true, status: 'going' }), ...own('b', { organizing: true })],
      `${FINAL} You organize 2 events, and no one will be able to edit them or call them off. You have a seat at 1 event and won't be able to give it up.`,
    ],
    ['without called-off events', own('a', { organizing: true }, { status: 'cancelled' }), FINAL],
    ['without past events', own('a', { status: 'going' }, { ends_at: STARTS_AT - 2 }), FINAL],
  ])('%s', (_, items, expected) => {
    expect(lossWords('Ada', items, STARTS_AT - 1)).toBe(expected)
  })
})

describe('signing out', () => {
  async function footer(): Promise<VueWrapper> {
    const wrapper = on.mount(AppFooter)
    on.server.hello('ada')
    await flushPromises()
    on.server.snapshot(ME, [{ kind: 'user', key: 'user', rank: 0, id: 'ada', name: 'Ada' }])
    await flushPromises()
    return wrapper
  }

  test('asks first, and staying stays', async () => {
    const calls = answerHttp(() => ({ status: 204 }))
    const wrapper = await footer()
    await wrapper.find('button').trigger('click')
    const confirmation = on.run(() => useConfirmation())
    expect(confirmation.question).toMatchObject({ title: 'Sign out \u2068Ada\u2069?', text: FINAL })
    confirmation.answer('dismiss')
    await flushPromises()
    expect(calls).toEqual([])
    expect(wrapper.text()).toContain("You're Ada")
  })

  test('signs out after the confirmation', async () => {
    const calls = answerHttp(() => ({ status: 204 }))
    const wrapper = await footer()
    await wrapper.find('button').trigger('click')
    on.run(() => useConfirmation()).answer('confirm')
    await flushPromises()
    expect(calls.map(({ method, url }) => [method, url])).toEqual([['delete', '/api/session']])
    expect(wrapper.text()).not.toContain("You're")
  })
})
