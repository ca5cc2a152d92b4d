import { describe, expect, test } from 'vitest'
import type { Patch, Snapshot } from '@/live/generated'
import { byCodePoint, Replica, type Item } from '@/live/replica'
import vectors from '../../../tests/vectors/replica.json'

interface Vector {
  name: string
  order: Snapshot['order']
  at: string | null
  items: Item[]
  messages: (Snapshot | Patch)[]
  expected: string[]
  expectedItems: Item[]
  expectedAt: string
}

function replicaOf({ at, order, items }: Pick<Vector, 'at' | 'order' | 'items'>): Replica {
  const replica = new Replica()
  if (at !== null) replica.apply({ type: 'snapshot', view: 'v', at, order, items })
  return replica
}

describe('a replica passes the test vectors', () => {
  test.each(vectors as Vector[])('$name', (vector) => {
    const replica = replicaOf(vector)
    for (const message of vector.messages) replica.apply(message)
    expect(replica.items.map(({ key }) => key)).toEqual(vector.expected)
    expect(replica.items).toEqual(vector.expectedItems)
    expect(replica.at).toBe(vector.expectedAt)
  })
})

describe('identity', () => {
  const list = (total: number): Item => ({ kind: 'list', key: 'list', rank: 0, total, before: 0 })
  const looking = (people: number): Item => ({ kind: 'presence', key: 'presence', rank: 0, looking: people })
  const start = { at: 'e-1', order: 'ascending' as const, items: [list(1), looking(1)] }

  test('an item that did not change stays the same object, through a patch and through a snapshot', () => {
    const replica = replicaOf(start)
    const kept = replica.get('list')
    replica.apply({ type: 'patch', view: 'v', at: 'e-2', upsert: [list(1), looking(2)], remove: [] })
    expect(replica.get('list')).toBe(kept)
    replica.apply({ type: 'snapshot', view: 'v', at: 'e-3', order: 'ascending', items: [list(1), looking(3)] })
    expect(replica.items[0]).toBe(kept)
  })

  test('a message without changes returns false and keeps the array', () => {
    const replica = replicaOf(start)
    const before = replica.items
    expect(replica.apply({ type: 'patch', view: 'v', at: 'e-9', upsert: [list(1)], remove: ['gone'] })).toBe(false)
    expect(replica.items).toBe(before)
  })

  test('an array that was handed out never changes', () => {
    const replica = replicaOf(start)
    const before = replica.items
    replica.apply({ type: 'patch', view: 'v', at: 'e-2', upsert: [looking(7)], remove: ['list'] })
    expect(before).toEqual([list(1), looking(1)])
  })
})

test('text is compared by code point', () => {
  const sorted = ['\u{1F3B2}', '\uFF01', 'z', '', 'a', '\uD7FF'].sort(byCodePoint)
  expect(sorted).toEqual(['', 'a', 'z', '\uD7FF', '\uFF01', '\u{1F3B2}'])
})
