import { isAxiosError } from './axiosError'
import type { EventItem, Problem } from './generated'
import { isTooMany, retryAfterMs } from './retryAfter'

/**
 * Codes of the server's rejections (docs/protocol.md, "Errors"); `unreachable` for no response at all; `cookies-blocked`
 * where the browser does not keep the cookie of the session.
 */
export type RejectionCode =
  | 'event-not-found'
  | 'user-not-found'
  | 'already-attending'
  | 'not-attending'
  | 'event-full'
  | 'event-cancelled'
  | 'event-ended'
  | 'not-organizer'
  | 'not-permitted'
  | 'not-open'
  | 'kept-out'
  | 'user-blocked'
  | 'not-requested'
  | 'invitation-invalid'
  | 'version-conflict'
  | 'signed-out'
  | 'invalid'
  | 'not-leader'
  | 'unavailable'
  | 'full'
  | 'too-many'
  | 'unreachable'
  | 'cookies-blocked'
  | 'passkey-refused'
  | 'webhooks-off'

/** The words for a server that does not answer. */
export const NO_ANSWER = 'No answer from the server. Check your connection and try again.'

/** A refused write, or one with an unknown outcome (`unavailable`, `not-leader`, `unreachable`). */
export class Rejection extends Error {
  readonly code: RejectionCode
  /** One sentence to show. */
  readonly detail: string
  /** A sentence for each wrong field: `It must not be empty.` */
  readonly fields: ReadonlyMap<string, string>
  /** The event as it is, if the response has it. */
  readonly event: EventItem | null
  /** The time after which the server wants to be asked again, in ms; null if it does not say. */
  readonly retryAfterMs: number | null

  constructor(
    code: RejectionCode,
    detail: string,
    fields: ReadonlyMap<string, string> = new Map(),
    event: EventItem | null = null,
    retryAfterMs: number | null = null,
  ) {
    super(detail)
    this.name = 'Rejection'
    this.code = code
    this.detail = detail
    this.fields = fields
    this.event = event
    this.retryAfterMs = retryAfterMs
  }

  /** Free seats of the event, if the response has it and it has a limit. */
  get free(): number | null {
    const { capacity, going } = this.event ?? {}
    return typeof capacity === 'number' && typeof going === 'number' ? Math.max(0, capacity - going) : null
  }
}

/** The rejection behind a failed call. Other errors are thrown on. */
export function rejectionOf(error: unknown, unreachable = NO_ANSWER): Rejection {
  if (error instanceof Rejection) return error
  if (!isAxiosError<Partial<Problem>>(error)) throw error
  const problem = error.response?.data
  if (!problem?.code) {
    if (!error.response) return new Rejection('unreachable', unreachable)
    return isTooMany(error)
      ? new Rejection(
          'too-many',
          'That was a lot at once. Try again in a moment.',
          undefined,
          null,
          retryAfterMs(error),
        )
      : new Rejection('unavailable', "The server couldn't answer. Try again.")
  }
  const fields = new Map((problem.errors ?? []).map(({ field, message }) => [field, `It ${message}.`]))
  const { event = null } = problem as { event?: EventItem | null } // docs/protocol.md, "Errors"
  return new Rejection(
    problem.code as RejectionCode,
    problem.detail ?? problem.title ?? '',
    fields,
    event,
    retryAfterMs(error),
  )
}
