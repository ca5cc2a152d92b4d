import { expect, test } from 'vitest'
import { addAll, BREAK_MAX_MS, type EventState, type Outcome } from '@/import/addAll'

const added: Outcome = { kind: 'added', id: 'x', isEarlier: false }
const refused: Outcome = { kind: 'refused', reason: 'Start must be in the future.' }
const busy = (waitMs: number): Outcome => ({ kind: 'busy', reason: 'That was a lot at once.', waitMs })

interface Log {
  sent: string[]
  waits: number[]
  shown: [string, EventState['kind'] | null][]
}

/** Adds `a`, `b` and `c` with these answers; a person stops once `stopAfter` are sent. */
async function run(
  answers: Outcome[],
  stopAfter = Infinity,
): Promise<Log & { end: Awaited<ReturnType<typeof addAll>> }> {
  const log: Log = { sent: [], waits: [], shown: [] }
  const end = await addAll(['a', 'b', 'c'], {
    send: (event) => {
      log.sent.push(event)
      return Promise.resolve(answers.shift() ?? added)
    },
    wait: (ms) => {
      log.waits.push(ms)
      return Promise.resolve()
    },
    show: (event, state) => void log.shown.push([event, state?.kind ?? null]),
    isStopped: () => log.sent.length >= stopAfter,
  })
  return { ...log, end }
}

test('a refused event does not keep the others from being added', async () => {
  const { sent, shown, end } = await run([added, refused])
  expect([sent, end]).toEqual([['a', 'b', 'c'], null])
  expect(shown.filter(([, kind]) => kind !== 'sending')).toEqual([
    ['a', 'added'],
    ['b', 'refused'],
    ['c', 'added'],
  ])
})

test('a refusal that the others would meet, too, ends the run', async () => {
  const { sent, end } = await run([added, { kind: 'stopped', reason: 'You have 50 upcoming events.' }])
  expect(sent).toEqual(['a', 'b'])
  expect(end).toEqual({ reason: 'You have 50 upcoming events.', waitMs: 0 })
})

test('after a break that the server asks for, the same event is sent again', async () => {
  const { sent, waits, shown, end } = await run([added, busy(9_000)])
  expect([sent, waits, end]).toEqual([['a', 'b', 'b', 'c'], [9_000], null])
  expect(shown).toContainEqual(['b', null])
})

test('a person waits for a long break, or for one that does not help', async () => {
  expect((await run([busy(BREAK_MAX_MS + 1)])).end).toMatchObject({ waitMs: BREAK_MAX_MS + 1 })
  const often = await run(Array.from({ length: 20 }, () => busy(1_000)))
  expect([often.sent.length, often.waits.length]).toEqual([6, 5])
  expect(often.end).toMatchObject({ waitMs: 1_000 })
})

test('a person can stop it', async () => {
  const { sent, end } = await run([], 2)
  expect([sent, end]).toEqual([['a', 'b'], { reason: '', waitMs: 0 }])
})
