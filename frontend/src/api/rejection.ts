import { isAxiosError } from 'axios'
import type { EventItem, Problem } from './generated'

/** Codes of the server's rejections (docs/protocol.md, "Errors"), and `unreachable` for no response at all. */
export type RejectionCode =
  | 'event-not-found'
  | 'user-not-found'
  | 'already-attending'
  | 'not-attending'
  | 'event-full'
  | 'event-cancelled'
  | 'event-ended'
  | 'not-organizer'
  | 'version-conflict'
  | 'signed-out'
  | 'invalid'
  | 'not-leader'
  | 'unavailable'
  | 'full'
  | 'unreachable'

/** A refused write, or one with an unknown outcome (`unavailable`, `not-leader`, `unreachable`). */
export class Rejection extends Error {
  readonly code: RejectionCode
  /** One sentence to show. */
  readonly detail: string
  /** The message for each wrong field. */
  readonly fields: ReadonlyMap<string, string>
  /** Free seats, if the response has them. */
  readonly free: number | null

  constructor(
    code: RejectionCode,
    detail: string,
    fields: ReadonlyMap<string, string> = new Map(),
    free: number | null = null,
  ) {
    super(detail)
    this.name = 'Rejection'
    this.code = code
    this.detail = detail
    this.fields = fields
    this.free = free
  }
}

/** The rejection behind a failed call. Other errors are thrown on. */
export function rejectionOf(
  error: unknown,
  unreachable = 'No answer from the server. Check your connection and try again.',
): Rejection {
  if (error instanceof Rejection) return error
  if (!isAxiosError<Partial<Problem>>(error)) throw error
  const problem = error.response?.data
  if (!problem?.code) {
    return error.response
      ? new Rejection('unavailable', "The server couldn't answer. Try again.")
      : new Rejection('unreachable', unreachable)
  }
  const fields = new Map((problem.errors ?? []).map(({ field, message }) => [field, message]))
  return new Rejection(problem.code as RejectionCode, problem.detail ?? problem.title ?? '', fields, freeOf(problem))
}

/** The free seats of the current event, which the response to "too few seats" contains. */
function freeOf({ event }: Partial<Problem> & { event?: unknown }): number | null {
  const { capacity, going } = (event ?? {}) as Partial<EventItem>
  return typeof capacity === 'number' && typeof going === 'number' ? Math.max(0, capacity - going) : null
}
