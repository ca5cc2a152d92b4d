import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import { useAttendance } from '@/attendance/attendance'
import { useJoinAnnouncements } from '@/event-list/useJoinAnnouncements'
import type { Card, MineItem } from '@/live/generated'
import { ME } from '@/live/liveViews'
import { BATCH_MS, useAnnouncer } from '@/shell/announcer'
import { answerHttp } from '../support/http'
import { attendee, card, mine, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
const shown = shallowRef<readonly Card[]>([])

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  on = stage()
})
afterEach(() => vi.useRealTimers())

/** The list, with one crowded event in it; Ada is here. */
async function list(going: number, ...items: MineItem[]): Promise<void> {
  shown.value = [card({ capacity: null, going })]
  on.mount(
    defineComponent(() => {
      useJoinAnnouncements(() => shown.value)
      return () => h('div')
    }),
  )
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(ME, [user(), ...items], 'e-5')
  await flushPromises()
}

async function goes(going: number): Promise<void> {
  shown.value = [card({ capacity: null, going })]
  await flushPromises()
}

function news(): string {
  const announcer = on.run(() => useAnnouncer())
  vi.advanceTimersByTime(BATCH_MS)
  return announcer.text
}

/** Ada joins; `answer` lets the server answer. */
function joins(party: number): { answer: () => Promise<void> } {
  let resolve: () => void = () => undefined
  const data = attendee('Ada', { party })
  answerHttp(
    () =>
      new Promise((answered) => {
        resolve = () => answered({ status: 201, data, headers: { 'turnout-position': 'e-9' } })
      }),
  )
  void on.run(() => useAttendance()).join(card(), party)
  return {
    answer: async () => {
      resolve()
      await flushPromises()
    },
  }
}
const OWN = "You're going to \u2068Board games\u2069."

test('others are counted', async () => {
  await list(14)
  await goes(17)
  expect(news()).toBe('3 people joined \u2068Board games\u2069')
})

test.each(['the answer', 'the view'])('one’s own party is not, when %s comes first', async (first) => {
  await list(14)
  const { answer } = joins(2)
  await flushPromises()
  if (first === 'the answer') await answer()
  await goes(16)
  await answer()
  expect(news()).toBe(OWN)
})

test('people who joined together with the viewer are announced', async () => {
  await list(14)
  const { answer } = joins(2)
  await flushPromises()
  await goes(17)
  await answer()
  expect(news()).toBe('1 person joined \u2068Board games\u2069')
})

test('moving up from the waitlist is not news of others', async () => {
  await list(14, mine({ status: 'waitlisted', party: 2 }))
  on.server.patch(ME, 'e-6', [mine({ status: 'going', party: 2 })])
  await goes(16)
  expect(news()).toBe('')
})

test('signing out does not announce the viewer’s own seats', async () => {
  await list(14, mine({ party: 2 }))
  await goes(15)
  expect(news()).toBe('1 person joined \u2068Board games\u2069')
  on.live.restart(null)
  on.server.hello(null)
  await flushPromises()
  await goes(16)
  expect(news().trim()).toBe('1 person joined \u2068Board games\u2069')
})
