import { expect, test } from 'vitest'
import { nextTick } from 'vue'
import { mount } from '@vue/test-utils'
import SeatRow from '@/seats/SeatRow.vue'
import { face } from '../support/items'

const props = { event: 'abc', going: 1, capacity: 3, waiting: 0, faces: [face('Ada')], complete: true }

function seats(path: string | undefined): number {
  return path?.match(/M/g)?.length ?? 0
}

test('seats are lit or hollow, and the waitlist is a stack', () => {
  const row = mount(SeatRow, { props: { ...props, going: 3, waiting: 5 } })
  expect(seats(row.find('path.lit').attributes('d'))).toBe(3)
  expect(seats(row.find('path.ring').attributes('d'))).toBe(0)
  expect(row.findAll('circle.waiting')).toHaveLength(3)
})

test('somebody who joins lights a seat with their initials, for a moment', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ going: 2, faces: [face('Ada'), face('Ben Bit')] })
  await nextTick()
  expect(row.find('.coming text').text()).toBe('BB')
  await row.find('.coming').trigger('animationend')
  expect(row.find('.coming').exists()).toBe(false)
  expect(seats(row.find('path.lit').attributes('d'))).toBe(2)
})

test('somebody who leaves lets a seat go dark', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ going: 0, faces: [] })
  expect(row.find('.leaving').exists()).toBe(true)
})

test('a seat that is given back at once is not lit any longer', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ going: 2, faces: [face('Ada'), face('Ben')] })
  await row.setProps({ going: 1, faces: [face('Ada')] })
  expect(row.find('.coming').exists()).toBe(false)
  expect(row.find('.leaving').exists()).toBe(true)
})

test('another event is no arrival', async () => {
  const row = mount(SeatRow, { props })
  await row.setProps({ event: 'other', going: 3, faces: [face('X'), face('Y'), face('Z')] })
  expect(row.find('.coming').exists()).toBe(false)
})

test('a seat that was asked for is not lit before it is given', () => {
  const row = mount(SeatRow, { props: { ...props, asked: 1 } })
  expect(seats(row.find('path.lit').attributes('d'))).toBe(1)
  expect(seats(row.find('path.asked').attributes('d'))).toBe(1)
})

test('many seats are a bar', () => {
  const row = mount(SeatRow, { props: { ...props, capacity: 100, going: 50 } })
  expect(row.find('rect.fill').attributes('width')).toBe('120')
})

test('a screen reader hears the words beside it instead', () => {
  expect(mount(SeatRow, { props }).attributes('aria-hidden')).toBe('true')
})
