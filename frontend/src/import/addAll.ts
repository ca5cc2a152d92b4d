/** Adds the events of a file one after the other. Pure: sending and waiting are the caller's. */

/** The result of an attempt to add one event. */
export type Outcome =
  | {
      kind: 'added'
      /** The id of the new event. */
      id: string
      /** True if an import before this one has added it. */
      isEarlier: boolean
    }
  /** This event alone is refused. */
  | { kind: 'refused'; reason: string }
  /** The next one would be refused, too. */
  | { kind: 'stopped'; reason: string }
  /** Too many at once: the same event may be sent again after this time. */
  | { kind: 'busy'; reason: string; waitMs: number }

/** The state of one event; none before it is its turn. */
export type EventState = { kind: 'sending' } | Exclude<Outcome, { kind: 'busy' }>

/** The parts of a run that touch the outside. */
export interface RunPorts<Event> {
  send: (event: Event) => Promise<Outcome>
  /** Waits, or less long if the run is stopped meanwhile. */
  wait: (ms: number) => Promise<void>
  /** Shows the state of an event; null if it is not its turn any more. */
  show: (event: Event, state: EventState | null) => void
  isStopped: () => boolean
}

/** A longer break is for a person to wait for. */
export const BREAK_MAX_MS = 60_000
/** An event that is refused this often because of too many at once waits for a person, too. */
const BREAKS_MAX = 5

/** The reason for which a run ended early. */
export interface EarlyEnd {
  /** Empty if a person stopped it. */
  reason: string
  /** The time after which it may go on, in ms. */
  waitMs: number
}

/** Adds events. Null if each had its turn. */
export async function addAll<Event>(events: readonly Event[], ports: RunPorts<Event>): Promise<EarlyEnd | null> {
  for (const event of events) {
    const end = await addOne(event, ports)
    if (end) return end
  }
  return null
}

async function addOne<Event>(event: Event, { send, wait, show, isStopped }: RunPorts<Event>): Promise<EarlyEnd | null> {
  for (let breaks = 0; !isStopped(); breaks++) {
    show(event, { kind: 'sending' })
    const outcome = await send(event)
    if (outcome.kind !== 'busy') {
      show(event, outcome)
      return outcome.kind === 'stopped' ? { reason: outcome.reason, waitMs: 0 } : null
    }
    show(event, null)
    if (outcome.waitMs > BREAK_MAX_MS || breaks === BREAKS_MAX) return outcome
    await wait(outcome.waitMs)
  }
  return { reason: '', waitMs: 0 }
}
