import { mount } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, nextTick, shallowRef, watch } from 'vue'
import { useRowPositions, type RowPositions } from '@/event-list/useRowPositions'

const ROW_PX = 100
let scrolledPx = 0
let positions: RowPositions
const keys = shallowRef<string[]>([])

/** Rows of 100 px below each other: the browser of these tests has no layout. */
beforeEach(() => {
  scrolledPx = 0
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(function (this: HTMLElement) {
    const top = [...document.querySelectorAll('[data-row]')].indexOf(this) * ROW_PX - scrolledPx
    return DOMRect.fromRect({ y: top, width: 1, height: ROW_PX })
  })
  vi.spyOn(window, 'scrollBy').mockImplementation((way) => void (scrolledPx += (way as ScrollToOptions).top ?? 0))
  keys.value = 'fghijklmnop'.split('')
  mount(
    defineComponent(() => {
      positions = useRowPositions(() => document.body)
      return () => keys.value.map((key) => h('div', { key, 'data-row': key }))
    }),
    { attachTo: document.body },
  )
  scrolledPx = 250
  positions.measure()
})

const topOf = (key: string): number | null => positions.topOf(key)

test('the rows on the screen are known', () => {
  expect(positions.screen.value?.first).toBe('h')
})

test.each([
  ['rows enter above', 'abcdefghijklmnop', 'h', -50],
  ['rows leave above', 'hijklmnop', 'h', -50],
  ['the first row leaves', 'fgijklmnop', 'i', 50],
])('%s: the first row that remains stays where it is', async (_, now, key, topPx) => {
  await positions.keepInPlace(() => (keys.value = now.split('')))
  expect(topOf(key)).toBe(topPx)
})

test('two changes of one rendering are corrected once', async () => {
  // The second one follows from the first rendering, as when a window that is there already slides.
  let second: Promise<void> | undefined
  const stop = watch(
    keys,
    () => {
      stop()
      second = positions.keepInPlace(() => (keys.value = 'abcdefghijklm'.split('')))
    },
    { flush: 'post' },
  )
  await positions.keepInPlace(() => (keys.value = 'defghijklmnop'.split('')))
  await second
  await nextTick()
  expect(topOf('h')).toBe(-50)
})

test('nothing is measured before the scrolling is corrected', async () => {
  watch(keys, () => positions.measure(), { flush: 'post' })
  const seen: (string | undefined)[] = []
  watch(positions.screen, (screen) => seen.push(screen?.first), { flush: 'sync' })
  await positions.keepInPlace(() => (keys.value = 'abcdefghijklmnop'.split('')))
  expect(seen.filter((first) => first !== 'h')).toEqual([])
})
