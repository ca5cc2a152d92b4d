import { expect, test } from 'vitest'
import { isObsolete, type Refusal, type Situation } from '@/attendance/refusal'
import { NOT_ATTENDING } from '@/attendance/standing'

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
