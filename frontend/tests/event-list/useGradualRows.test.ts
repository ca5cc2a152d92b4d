import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, shallowRef } from 'vue'
import { useGradualRows } from '@/event-list/useGradualRows'

const MANY = Array.from({ length: 150 }, (_, index) => index)

describe('rows that are rendered a few at a time', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function open(isAtStart: boolean) {
    const rows = shallowRef<readonly number[]>([])
    const visit = shallowRef<number | null>(null)
    const scope = effectScope()
    const shown = scope.run(() =>
      useGradualRows(
        () => rows.value,
        () => visit.value,
        () => isAtStart,
      ),
    )
    if (!shown) throw new Error('the scope has ended')
    return { rows, visit, scope, shown }
  }

  it('begins with few, grows from the start, and has all of them in the end', () => {
    const { rows, visit, shown } = open(true)
    rows.value = MANY
    visit.value = 0
    let before = 0
    while (shown.value.length < MANY.length) {
      expect(shown.value).toEqual(MANY.slice(0, shown.value.length))
      expect(shown.value.length - before).toBeLessThanOrEqual(4)
      expect(shown.value.length).toBeGreaterThan(before)
      before = shown.value.length
      vi.advanceTimersToNextTimer()
    }
    rows.value = [...MANY, 150, 151, 152, 153, 154]
    expect(shown.value).toBe(rows.value)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has as many at once as the reader has scrolled over', () => {
    vi.stubGlobal('scrollY', 2_000)
    const { rows, visit, shown } = open(true)
    rows.value = MANY
    visit.value = 0
    expect(shown.value.length).toBeGreaterThanOrEqual(20)
    expect(shown.value.length).toBeLessThan(MANY.length)
    vi.unstubAllGlobals()
  })

  it('has all at once elsewhere in the list, and in a short list', () => {
    const elsewhere = open(false)
    elsewhere.rows.value = MANY
    elsewhere.visit.value = 0
    expect(elsewhere.shown.value).toBe(MANY)
    const short = open(true)
    short.rows.value = [1, 2, 3]
    short.visit.value = 0
    expect(short.shown.value).toEqual([1, 2, 3])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('begins again with each list that is opened, and ends with the page', () => {
    const { rows, visit, scope, shown } = open(true)
    rows.value = MANY
    visit.value = 0
    vi.runAllTimers()
    expect(shown.value).toHaveLength(MANY.length)
    visit.value = 1
    expect(shown.value.length).toBeLessThan(10)
    scope.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
