import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import { useAttendance } from '@/attendance/attendance'
import type { Card, MineItem } from '@/live/generated'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { button, showCard } from '../support/cards'
import { answerHttp, problem } from '../support/http'
import { attendee, card, mine } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
const shown = (change: Partial<Card> = {}, ...items: MineItem[]): Promise<VueWrapper> => showCard(on, change, ...items)

beforeEach(() => (on = stage()))

describe('leaving the waitlist', () => {
  test.each([
    ['its number', 1, "You're number 2. If you leave, you lose your place."],
    ['no number yet', null, 'You lose your place.'],
  ])('asks, and says what is lost: %s', async (_, ahead, expected) => {
    const wrapper = await shown({ going: 4, waiting: 2 }, mine({ status: 'waitlisted', ahead: ahead ?? 0 }))
    if (ahead === null) {
      const answer = { data: attendee('Ada', { status: 'waitlisted' }), headers: { 'turnout-position': 'e-9' } }
      answerHttp(() => ({ status: 201, ...answer }))
      await on.run(() => useAttendance()).join(card())
    }
    const calls = answerHttp(() => ({ status: 204 }))
    await wrapper.find('button').trigger('click')
    await flushPromises()
    const confirmation = on.run(() => useConfirmation())
    expect(confirmation.question).toMatchObject({
      title: 'Leave the waitlist for \u2068Board games\u2069?',
      text: expected,
    })
    expect(calls).toEqual([])
    confirmation.answer('confirm')
    await flushPromises()
    expect(calls.map(({ method }) => method)).toEqual(['delete'])
  })
})

describe('unattending', () => {
  test('gives back a seat of many at once, and offers to undo it', async () => {
    const wrapper = await shown({ going: 2 }, mine({ party: 2 }))
    const calls = answerHttp(({ method }) =>
      method === 'delete' ? { status: 204 } : { status: 201, data: attendee('Ada') },
    )
    await wrapper.find('button').trigger('click')
    await flushPromises()
    const [notice] = on.run(() => useNotices()).notices
    expect(notice?.text).toBe("You're no longer going to \u2068Board games\u2069.")
    notice?.action?.run()
    await flushPromises()
    expect(calls.map(({ method, body }) => [method, body])).toEqual([
      ['delete', undefined],
      ['post', { party: 2 }],
    ])
  })

  test('an Undo that is too late reports the loss of the seat', async () => {
    const wrapper = await shown({ going: 4 }, mine())
    const late = { data: attendee('Ada', { status: 'waitlisted' }), headers: { 'turnout-position': 'e-9' } }
    answerHttp(({ method }) => (method === 'delete' ? { status: 204 } : { status: 201, ...late }))
    await wrapper.find('button').trigger('click')
    await flushPromises()
    on.run(() => useNotices()).notices[0]?.action?.run()
    await flushPromises()
    expect(wrapper.text()).toContain('Someone just took the last seat.')
  })

  describe('while others wait', () => {
    async function leaving(
      party: number,
      waiting: ReturnType<typeof attendee>[],
      change: Parameters<typeof card>[0] = {},
    ): Promise<{ methods: () => string[]; wrapper: VueWrapper }> {
      const line = waiting.reduce((sum, each) => sum + each.party, 0)
      const wrapper = await shown({ going: 4, waiting: line, ...change }, mine({ party }))
      const calls = answerHttp(({ method }) =>
        method === 'delete' ? { status: 204 } : { status: 200, data: { at: 'e-5', items: waiting, next: null } },
      )
      await wrapper.find('button').trigger('click')
      await flushPromises()
      return { methods: () => calls.map(({ method }) => method), wrapper }
    }
    const waits = (name: string, party = 1): ReturnType<typeof attendee> =>
      attendee(name, { party, status: 'waitlisted' })

    test('the next holder of the seat is named, and the seat can be kept', async () => {
      const { methods, wrapper } = await leaving(1, [waits('Trio', 2), waits('Uma')])
      const confirmation = on.run(() => useConfirmation())
      expect(confirmation.question?.text).toBe('\u2068Uma\u2069 gets your seat.')
      confirmation.answer('dismiss')
      await flushPromises()
      expect(methods()).toEqual(['get'])
      expect(button(wrapper)).toBe("Can't make it")
    })

    test('all of them are', async () => {
      await leaving(3, [waits('Ax'), waits('Bo'), waits('Cy')])
      expect(on.run(() => useConfirmation()).question?.text).toBe('\u2068Ax\u2069 and 2 others get your seats.')
    })

    test('if no one moves up there is no question, and an Undo', async () => {
      const { methods } = await leaving(1, [waits('Four', 4)], { going: 3 })
      expect(on.run(() => useConfirmation()).question).toBeNull()
      expect(methods()).toEqual(['get', 'delete'])
      expect(on.run(() => useNotices()).notices[0]?.action?.label).toBe('Undo')
    })

    test('a full event without a waitlist needs no question either', async () => {
      const { methods } = await leaving(1, [])
      expect(methods()).toEqual(['delete'])
      expect(on.run(() => useNotices()).notices[0]?.action?.label).toBe('Undo')
    })

    test('without an answer it still asks', async () => {
      const wrapper = await shown({ going: 4, waiting: 1 }, mine())
      answerHttp(() => problem(503, 'unavailable', 'Not now.'))
      await wrapper.find('button').trigger('click')
      await flushPromises()
      expect(on.run(() => useConfirmation()).question?.text).toBe(
        'Others are waiting, and one of them may get your seat right away.',
      )
    })
  })
})
