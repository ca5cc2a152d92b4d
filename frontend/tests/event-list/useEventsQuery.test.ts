import { describe, expect, test } from 'vitest'
import { defineComponent, h, type ComputedRef } from 'vue'
import { parseQuery, titleOf, useEventsQuery, whenAt, writeQuery, type Query } from '@/event-list/useEventsQuery'
import { stage } from '../support/mounting'

describe('the address bar', () => {
  test('parses the query, and ignores invalid values', () => {
    expect(parseQuery({})).toEqual({ when: 'upcoming', q: '', tag: '', from: '' })
    expect(parseQuery({ when: 'past', q: 'go', tag: 'games', from: '2026-12-24' })).toEqual({
      when: 'past',
      q: 'go',
      tag: 'games',
      from: '2026-12-24',
    })
    expect(parseQuery({ when: 'never', q: ['a', 'b'], from: '2026-02-30' })).toEqual({
      when: 'upcoming',
      q: 'a',
      tag: '',
      from: '',
    })
    expect(parseQuery({ from: '9999-12-31' }).from).toBe('')
  })

  test('omits defaults, and is parsed to the same query', () => {
    expect(writeQuery({ when: 'upcoming', q: '', tag: '', from: '' })).toEqual({})
    const query = { when: 'mine-past', q: 'a b', tag: 'x', from: '2026-12-24' } as const
    expect(parseQuery(writeQuery(query))).toEqual(query)
  })
})

test.each([
  ['upcoming', '', '', 'Events'],
  ['upcoming', ' jazz ', '', 'jazz · Events'],
  ['past', 'jazz', 'music', 'jazz · music · Past events'],
  ['mine', '', '', 'My events'],
] as const)('the title of %s, “%s”, “%s” is %s', (when, q, tag, expected) => {
  expect(titleOf({ when, q, tag, from: '' })).toBe(expected)
})

test.each([
  ['upcoming', '2026-11-26', 'upcoming'],
  ['past', '2026-11-26', 'past'],
  ['upcoming', '2026-11-25', 'past'],
  ['past', '2026-11-27', 'upcoming'],
  ['mine', '2026-11-25', 'mine-past'],
  ['mine-past', '2026-11-27', 'mine'],
] as const)('from %s, the events of %s are in %s', (when, day, expected) => {
  expect(whenAt(when, day, '2026-11-26')).toBe(expected)
})

test('the query stays while another page opens, and is the same object while it does not change', async () => {
  const on = stage()
  await on.router.push('/?q=jazz')
  let query: ComputedRef<Query> | undefined
  on.mount(
    defineComponent(() => {
      ;({ query } = useEventsQuery())
      return () => h('div')
    }),
  )
  const before = query?.value
  expect(before?.q).toBe('jazz')
  await on.router.push('/?q=jazz#main')
  expect(query?.value).toBe(before)
  await on.router.push('/new')
  expect(query?.value).toBe(before)
})
