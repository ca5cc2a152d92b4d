import { describe, expect, test } from 'vitest'
import { acknowledge, adopt, allNews, EMPTY, missingEvents, noteWrite, WRITE_MS, type Memory } from '@/news/memory'
import { ownEventsOf, type OwnEvents } from '@/news/ownEvents'
import { card, mine, STARTS_AT } from '../support/items'

const NOW = STARTS_AT - 3_600_000
const USER = { kind: 'user', key: 'user', rank: 0, id: 'ada', name: 'Ada' } as const

function own(at: string, ...events: [Parameters<typeof card>[0], Parameters<typeof mine>[0]?][]): OwnEvents {
  const items = events.flatMap(([change, standing]) => {
    const one = card(change)
    return [one, mine({ event: one.id, ...standing })]
  })
  return ownEventsOf([USER, ...items], at)!
}

const waiting = { status: 'waitlisted' } as const
const kinds = (memory: Memory, now: OwnEvents): string[][] =>
  allNews(memory, now, new Map([['abc', 'removed']]), NOW, NOW).map(({ changes }) => changes.map(({ is }) => is))

/** A person who knows one event, for which they wait. */
const known = adopt(EMPTY, own('e-1', [{}, waiting]), NOW, NOW)

test('the items of a person', () => {
  expect(ownEventsOf([USER, card(), mine({ status: null, organizing: true })], 'e-1')?.events.size).toBe(0)
  expect(ownEventsOf([USER], null)).toBeNull()
  expect(ownEventsOf([], 'e-1')).toBeNull()
})

test('an event is known at once, and its changes are news until they are seen', () => {
  const now = own('e-2', [{ place: 'Room 2' }])
  const memory = adopt(known, now, NOW, NOW)
  expect(kinds(memory, now)).toEqual([['promoted', 'relocated']])
  expect(kinds(acknowledge(memory, 'abc', now.events.get('abc')), now)).toEqual([])
})

test('a change that is taken back is none', () => {
  expect(kinds(known, own('e-3', [{}, waiting]))).toEqual([])
})

test('the next event first', () => {
  const events = [{ id: 'b', starts_at: STARTS_AT + 9 }, { id: 'a' }, { id: 'c', starts_at: STARTS_AT + 1 }]
  const memory = adopt(EMPTY, own('e-1', ...events.map((each): [object] => [each])), NOW, NOW)
  const now = own('e-2', ...events.map((each): [object] => [{ ...each, place: 'Room 2' }]))
  expect(allNews(memory, now, new Map(), NOW, NOW).map(({ before }) => before.id)).toEqual(['a', 'c', 'b'])
})

test('past events are forgotten', () => {
  expect(adopt(known, own('e-2', [{}, waiting]), NOW, card().ends_at).events).toEqual({})
})

describe("the person's own write", () => {
  const sent = { since: NOW, position: null, isAdopted: false }
  const answered = { ...sent, position: 'e-5' }

  test('makes no news before its answer, nor until the view has its effect', () => {
    for (const write of [sent, answered]) {
      const memory = noteWrite(known, 'abc', write)
      expect(kinds(memory, own('e-4'))).toEqual([])
      expect(missingEvents(memory, own('e-4'), NOW)).toEqual([])
      expect(adopt(memory, own('e-4'), NOW, NOW).events).toHaveProperty('abc')
    }
  })

  test('of leaving is known from then on, in every tab', () => {
    const left = adopt(noteWrite(known, 'abc', answered), own('e-5'), NOW, NOW)
    expect(left.events).toEqual({})
    // Another tab, whose view is behind, does not take the event for a new one.
    expect(adopt(left, own('e-4', [{}, waiting]), NOW, NOW).events).toEqual({})
    expect(adopt(left, own('e-6', [{}, waiting]), NOW, NOW).events).toHaveProperty('abc')
  })

  test('does not hide what the organizer changed at the same time', () => {
    const now = own('e-5', [{ place: 'Room 2' }])
    expect(kinds(adopt(noteWrite(known, 'abc', answered), now, NOW, NOW), now)).toEqual([['relocated']])
  })

  test('hides nothing that comes later', () => {
    const memory = adopt(noteWrite(known, 'abc', answered), own('e-5', [{}, waiting]), NOW, NOW)
    expect(kinds(memory, own('e-6', [{}]))).toEqual([['promoted']])
    expect(kinds(memory, own('e-7'))).toEqual([['removed']])
  })

  test('that was refused hides nothing', () => {
    expect(kinds(noteWrite(noteWrite(known, 'abc', sent), 'abc', null), own('e-5', [{}]))).toEqual([['promoted']])
  })

  test('without an answer hides nothing for ever', () => {
    const memory = adopt(noteWrite(known, 'abc', sent), own('e-5'), NOW + WRITE_MS + 1, NOW)
    expect(memory).toEqual(EMPTY)
  })
})
