import { expect, test } from 'vitest'
import { seenUntil } from '@/news/seenUntil'
import { notice } from '../support/items'

const ids = (...all: { id: string }[]): Set<string> => new Set(all.map(({ id }) => id))
const [first, second, third] = [notice(1), notice(2), notice(3)]
const sameCommit = notice(2, { event: 'other' })

test.each([
  ['nothing is seen', [third, second, first], ids(), null],
  ['all are', [third, second, first], ids(first, second, third), third.id],
  ['an older one is not', [third, second, first], ids(second, third), null],
  ['a newer one is not', [third, second, first], ids(first, second), second.id],
  ['another one of the commit is not', [sameCommit, second, first], ids(first, second), first.id],
  ['the older ones are read', [third, { ...second, read: true }], ids(third), third.id],
  ['all are read', [{ ...second, read: true }], ids(second), null],
])('%s', (_, notices, seen, until) => {
  expect(seenUntil(notices, seen)).toBe(until)
})
