import { expect, test } from 'vitest'
import type { EventState } from '@/import/addAll'
import { fileProblem, MAX_SIZE, sizeWords } from '@/import/chosenFile'
import { COLUMNS, exampleTable } from '@/import/exampleTable'
import { addWords, doneWords, earlyEndWords, progressWords, restWords, tallyOf, waitWords } from '@/import/runWords'

const MIB = 1024 * 1024
const ADDED: EventState = { kind: 'added', id: 'x', isEarlier: false }
const EARLIER: EventState = { kind: 'added', id: 'x', isEarlier: true }
const REFUSED: EventState = { kind: 'refused', reason: '' }

test('a file that is empty or too large is named before it is sent', () => {
  expect(MAX_SIZE).toBe('1 MiB')
  expect([fileProblem({ size: 0 }), fileProblem({ size: 1 }), fileProblem({ size: MIB })]).toEqual([
    'This file is empty.',
    '',
    '',
  ])
  expect(fileProblem({ size: MIB + 1 })).toBe(
    'This file has 1.1 MiB, and at most 1 MiB fits. Divide it into smaller ones.',
  )
  expect(sizeWords(2.35 * MIB)).toBe('2.4 MiB')
})

test('the example has each column, and quotes what has a comma', () => {
  const lines = exampleTable(Date.UTC(2026, 11, 20), 'Europe/Vienna').split('\r\n')
  expect([lines.length, lines[0]]).toEqual([3, COLUMNS.join(',')])
  expect(lines[1]).toMatch(/^Board games,2027-01-17 19:30,2027-01-17 22:00,Europe\/Vienna,"The Depot, hall 2",/)
})

test('the words count what became of the events', () => {
  const tally = tallyOf([ADDED, EARLIER, REFUSED, { kind: 'sending' }, undefined])
  expect(tally).toEqual({ total: 5, added: 1, earlier: 1, failed: 1, left: 2 })
  expect([doneWords(tally), progressWords(tally)]).toEqual(['1 event added', '3 of 5'])
  expect(restWords(tally)).toBe("1 was there already. 1 couldn't be added. 2 are still to add.")
  expect([doneWords(tallyOf([REFUSED])), restWords(tallyOf([ADDED]))]).toEqual(['No events added', ''])
  expect([addWords(0), addWords(1), addWords(1200)]).toEqual(['Add events', 'Add 1 event', 'Add 1,200 events'])
})

test.each([
  [1, '1 second'],
  [9_100, '10 seconds'],
  [5 * 60_000, '5 minutes'],
  [36 * 3_600_000, '36 hours'],
])('%d ms in words', (ms, words) => {
  expect(waitWords(ms)).toBe(words)
})

test('a long break is named', () => {
  expect(earlyEndWords({ reason: 'Too many.', waitMs: 300_000 })).toBe(
    'The server asks for a break of 5 minutes. Try again after that.',
  )
  expect(earlyEndWords({ reason: 'The server is full.', waitMs: 0 })).toBe('The server is full.')
})
