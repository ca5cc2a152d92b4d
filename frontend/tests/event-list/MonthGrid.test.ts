import { mount, type VueWrapper } from '@vue/test-utils'
import { nextTick } from 'vue'
import { beforeEach, expect, test } from 'vitest'
import MonthGrid from '@/event-list/MonthGrid.vue'

let grid: VueWrapper<InstanceType<typeof MonthGrid>>

beforeEach(() => {
  grid = mount(MonthGrid, {
    attachTo: document.body,
    props: {
      day: '2026-11-26',
      totals: new Map([
        ['2026-11-26', 1],
        ['2026-11-28', 1_200],
      ]),
      today: '2026-11-26',
      selected: '2026-11-28',
      rules: { firstDay: 1, weekend: [6, 7] },
      'onUpdate:day': (day: string) => void grid.setProps({ day }),
    },
  })
})

const focused = (): string | undefined => (document.activeElement as HTMLElement | null)?.dataset.date

test('one day is in the order of the Tab key, and has the focus', () => {
  expect(grid.findAll('[tabindex="0"]')).toHaveLength(1)
  expect(focused()).toBe('2026-11-26')
})

test('a day says its date and the number of its events', () => {
  const words = (date: string): string | undefined => grid.find(`[data-date="${date}"]`).attributes('aria-label')
  expect(words('2026-11-26')).toBe('Thursday 26 November, 1 event')
  expect(words('2026-11-28')).toBe('Saturday 28 November, 1,200 events')
  expect(words('2026-11-29')).toBe('Sunday 29 November, no events')
  expect(grid.findAll('[aria-selected="true"]').map((cell) => cell.text())).toEqual(['281,200'])
  expect(grid.findAll('[aria-current="date"]')).toHaveLength(1)
})

test('the weekdays have their names', () => {
  expect(grid.findAll('th').map((each) => each.attributes('abbr'))).toEqual(
    'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' '),
  )
})

test('keys move the focus, across months too', async () => {
  for (const [key, expected] of [
    ['ArrowRight', '2026-11-27'],
    ['ArrowDown', '2026-12-04'],
    ['Home', '2026-11-30'],
    ['PageUp', '2026-10-30'],
  ]) {
    await grid.find('[tabindex="0"]').trigger('keydown', { key })
    await nextTick()
    expect(focused()).toBe(expected)
  }
})

test('a click chooses the day', async () => {
  await grid.find('[data-date="2026-11-05"]').trigger('click')
  expect(grid.emitted('choose')).toEqual([['2026-11-05']])
})
