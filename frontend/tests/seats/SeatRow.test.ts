import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { mount } from '@vue/test-utils'
import SeatRow from '@/seats/SeatRow.vue'
import { DEPARTURE_MS, ARRIVAL_MS } from '@/seats/useLights'
import { face } from '../support/items'

const props = { event: 'abc', going: 1, capacity: 3, waiting: 0, faces: [face('Ada')], newest: [] }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function seats(path: string | undefined): number {
  return path?.match(/M/g)?.length ?? 0
}

test('taken seats are filled, free seats hollow, and the waitlist is a stack', () => {
  const row = mount(SeatRow, { props: { ...props, going: 3, waiting: 5 } })
  expect(seats(row.find('path.lit').attributes('d'))).toBe(3)
  expect(seats(row.find('path.ring').attributes('d'))).toBe(0)
  expect(row.findAll('circle.waiting')).toHaveLength(3)
  expect(row.find('svg text').text()).toBe('+2')
})

test('a join lights a seat with initials for a moment', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ going: 2, faces: [face('Ada'), face('Ben Bit')] })
  await nextTick()
  expect(row.find('.coming text').text()).toBe('BB')
  vi.advanceTimersByTime(ARRIVAL_MS - 1)
  await nextTick()
  expect(row.find('.coming').exists()).toBe(true)
  vi.advanceTimersByTime(1)
  await nextTick()
  expect(row.find('.coming').exists()).toBe(false)
  expect(seats(row.find('path.lit').attributes('d'))).toBe(2)
})

test('a departure frees a seat', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ going: 0, faces: [] })
  expect(row.find('.fading').exists()).toBe(true)
  vi.advanceTimersByTime(DEPARTURE_MS)
  await nextTick()
  expect(row.find('.fading').exists()).toBe(false)
})

test('a seat that another person takes at once shows the departure first', async () => {
  const row = mount(SeatRow, { props: { ...props, capacity: 1, waiting: 1 } })
  await row.setProps({ waiting: 0, faces: [face('Ben')] })
  expect(row.find('.fading').exists()).toBe(true)
  expect(row.find('.coming.delayed text').text()).toBe('B')
})

test('the light of a seat that is given back ends at once', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ going: 2, faces: [face('Ada'), face('Ben')] })
  await row.setProps({ going: 1, faces: [face('Ada')] })
  expect(row.find('.coming').exists()).toBe(false)
  expect(row.find('.fading').exists()).toBe(true)
})

test('another event is no arrival', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ event: 'other', going: 3, faces: [face('X'), face('Y'), face('Z')] })
  expect(row.find('.coming').exists()).toBe(false)
})

test('a requested seat is not filled before it is confirmed', () => {
  const row = mount(SeatRow, { props: { ...props, requested: 1 } })
  expect(seats(row.find('path.lit').attributes('d'))).toBe(1)
  expect(seats(row.find('path.requested').attributes('d'))).toBe(1)
})

test('many seats are a bar', () => {
  const row = mount(SeatRow, { props: { ...props, capacity: 100, going: 50 } })
  expect(row.find('rect.fill').attributes('width')).toBe('120')
})

test('a join in a crowd lights the end of the bar', async () => {
  const crowd = { faces: [face('Ada')], newest: [face('Ben'), face('Cem')] }
  const row = mount(SeatRow, { props: { ...props, ...crowd, capacity: 100, going: 50, waiting: 7 } })
  expect(row.find('svg > text').text()).toBe('+4')
  await row.setProps({ going: 53, newest: [face('Cem'), face('Dora Doe', 3)] })
  expect(row.find('.coming text').text()).toBe('DD')
  const end = (): number[] =>
    row.findAll('.mover').map((each) => Number(/-?[\d.]+/.exec(each.attributes('transform') ?? '')?.[0]))
  expect(end()[0]).toBeCloseTo(53 * 2.4 - 4.5)
  await row.setProps({ going: 54, newest: [face('Dora Doe', 3), face('Eli')] })
  expect(end()[0]).toBeLessThan(end()[1] ?? 0)
})

test('it is hidden from screen readers', () => {
  expect(mount(SeatRow, { props }).attributes('aria-hidden')).toBe('true')
})
