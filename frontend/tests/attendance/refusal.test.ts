import { expect, test } from 'vitest'
import type { EventItem } from '@/api/generated'
import { Rejection } from '@/api/rejection'
import { isObsolete, refusalOf, type Refusal, type Situation } from '@/attendance/refusal'
import { NOT_ATTENDING, type Standing } from '@/attendance/standing'
import { event } from '../support/items'

const FULL: Refusal = { code: 'event-full', detail: 'Only 1 seat left.', free: 1 }
const SILENT: Refusal = { code: 'unreachable', detail: 'The server No answer from the server.', free: null }
const NOW: Situation = { status: 'scheduled', free: 3, standing: NOT_ATTENDING, connection: 'live' }

test.each<[string, Refusal, Partial<Situation>, Partial<Situation>, boolean]>([
  ['nothing changed', FULL, {}, {}, false],
  ['the view reaches the free seats of the refusal', FULL, {}, { free: 1 }, false],
  ['the view is on its way there', FULL, {}, { free: 2 }, false],
  ['even fewer are left', FULL, { free: 1 }, { free: 0 }, true],
  ['more are left', FULL, { free: 1 }, { free: 2 }, true],
  ['there is no limit any more', FULL, { free: 1 }, { free: null }, true],
  ['it was cancelled', FULL, {}, { status: 'cancelled' }, true],
  ['the viewer has a seat by now', FULL, {}, { standing: { status: 'going', party: 1, ahead: 0 } }, true],
  ['the connection does not concern the seats', FULL, { connection: 'reconnecting' }, { connection: 'live' }, false],
  ['the connection broke too', SILENT, {}, { connection: 'reconnecting' }, false],
  ['the connection is back', SILENT, { connection: 'reconnecting' }, { connection: 'live' }, true],
  ['news came', SILENT, {}, { free: 2 }, true],
])('%s', (_, refusal, before, now, expected) => {
  expect(isObsolete(refusal, { ...NOW, ...before }, { ...NOW, ...now })).toBe(expected)
})

/** An event with so many free seats; null for none. */
function withFree(free: number | null): EventItem | null {
  return free === null ? null : event({ capacity: 8, going: 8 - free })
}

const ONE_SEAT: Standing = { status: 'going', party: 1, ahead: 0 }

test.each([
  ['no seat is free', 0, 'There are no more seats to add. You still have 1.'],
  ['one seat is free', 1, 'Only 1 more seat is left to add. You still have 1.'],
  ['two seats are free', 2, 'Only 2 more seats are left to add. You still have 1.'],
  ['the response names no seats', null, 'No seats are left.'],
  ['the seats are not the reason', 3, 'No seats are left.'],
])('the refusal of three more seats: %s', (_, free, expected) => {
  const rejection = new Rejection('event-full', 'No seats are left.', new Map(), withFree(free))
  expect(refusalOf(rejection, { is: 'resize', party: 4 }, ONE_SEAT).detail).toBe(expected)
})

test('the refusal of a join has the text of the server', () => {
  const rejection = new Rejection('event-full', 'No seats are left.', new Map(), withFree(0))
  expect(refusalOf(rejection, { is: 'join', party: 4 }, NOT_ATTENDING).detail).toBe('No seats are left.')
})
