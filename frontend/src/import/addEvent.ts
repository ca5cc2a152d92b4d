import { api } from '@/api/api'
import type { EventDraft } from '@/api/generated'
import { Rejection } from '@/api/rejection'
import { write } from '@/api/write'
import type { Outcome } from './addAll'
import { labelOf } from './fileEvents'

/** The wait after a refusal that names none, in ms. */
const BUSY_DEFAULT_MS = 5_000
/** Each event that was made of a draft and is gone since takes one key. */
const KEYS_MAX = 5

/**
 * Creates the event of a draft. Its key makes a repetition harmless: the event that it made before is the answer. Only if that
 * event was deleted or called off since, another one is made, under the next key.
 *
 * @param isRetry true if this page has sent it before.
 * @throws Rejection if the session has ended.
 */
export async function addEvent(draft: EventDraft, key: string, isRetry: boolean): Promise<Outcome> {
  for (let number = 1; number <= KEYS_MAX; number++) {
    const headers = { 'Idempotency-Key': number === 1 ? key : `${key}-again-${String(number)}` }
    try {
      const { data, isReplayed } = await write(() => api.createEvent({ body: draft, headers }))
      if (data.status !== 'cancelled') return { kind: 'added', id: data.id, isEarlier: isReplayed && !isRetry }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      if (error.code !== 'event-not-found') return outcomeOf(error)
    }
  }
  return { kind: 'refused', reason: 'You deleted this event several times today. Create it by hand, or try tomorrow.' }
}

function outcomeOf(rejection: Rejection): Outcome {
  const { code, detail, fields, retryAfterMs } = rejection
  if (code === 'signed-out') throw rejection
  if (code === 'too-many') return { kind: 'busy', reason: detail, waitMs: retryAfterMs ?? BUSY_DEFAULT_MS }
  // Other refusals are about the person or the server.
  const reason = [...fields].map(([field, words]) => words.replace(/^It\b/, labelOf(field))).join(' ') || detail
  return { kind: code === 'invalid' ? 'refused' : 'stopped', reason }
}
