import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { computed } from 'vue'
import { ServerClock } from '@/time/serverClock'

const HOUR = 3_600_000
const SERVER = Date.parse('2026-11-27T18:30Z')
const ago = (ms: number): string => new Date(SERVER - ms).toUTCString()

beforeEach(() => vi.useFakeTimers({ now: SERVER + 5 * HOUR }))
afterEach(() => vi.useRealTimers())

describe('the server’s clock', () => {
  test('is the visitor’s until the server has told its time', () => {
    const clock = new ServerClock()
    expect([clock.isKnown, clock.now()]).toEqual([false, SERVER + 5 * HOUR])
    clock.set(undefined)
    expect(clock.isKnown).toBe(false)
    clock.set(SERVER)
    expect([clock.isKnown, clock.now()]).toEqual([true, SERVER])
  })

  test('counts on, also if the visitor sets the clock', () => {
    const clock = new ServerClock()
    clock.set(SERVER)
    vi.advanceTimersByTime(1_000)
    vi.setSystemTime(SERVER - 48 * HOUR)
    expect(clock.now()).toBe(SERVER + 1_000)
  })

  test('is known to half a second by the date of an answer, which a hello replaces', () => {
    const clock = new ServerClock()
    clock.setByDate('no date')
    clock.setByDate(undefined)
    expect(clock.isKnown).toBe(false)
    clock.setByDate(ago(2_000))
    expect(clock.now()).toBe(SERVER - 1_500)
    clock.set(SERVER)
    clock.setByDate(ago(60_000))
    expect(clock.now()).toBe(SERVER)
  })

  test('is reactive', () => {
    const clock = new ServerClock()
    const isOver = computed(() => clock.now() > SERVER + HOUR)
    expect(isOver.value).toBe(true)
    clock.set(SERVER)
    expect(isOver.value).toBe(false)
  })
})
