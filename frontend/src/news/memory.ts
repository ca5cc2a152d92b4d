import { hasReached } from '@/live/position'
import { newsOf, type Absence, type Change } from './newsOf'
import type { OwnEvent, OwnEvents } from './ownEvents'

/** A write of the person to an event, in any tab. Its effects are no news. */
export interface OwnWrite {
  /** When it was sent, in ms since 1970 by the visitor's clock. */
  since: number
  /** The position of its effect; null until the answer, or where there was none. */
  position: string | null
  /** True once the effect is part of what the person knows. */
  isAdopted: boolean
}

/** The own events of a person, as the person last saw them. */
export interface Memory {
  events: Readonly<Record<string, OwnEvent>>
  writes: Readonly<Record<string, OwnWrite>>
}

/** The news about one event. */
export interface News {
  before: OwnEvent
  /** Null for an event that is no longer the person's. */
  now: OwnEvent | null
  changes: readonly Change[]
}

export const EMPTY: Memory = { events: {}, writes: {} }
/** The time after which a write without an answer counts as done, and one with an answer is forgotten, in ms. */
export const WRITE_MS = 600_000

/** True while the effect of a write may not be in a view at position `at`. */
function isPending(write: OwnWrite | undefined, at: string, clock: number): boolean {
  if (!write || clock - write.since > WRITE_MS) return false
  return write.position === null || !hasReached(at, write.position)
}

/**
 * Brings the memory up to the own events of now: new ones are known at once, the effects of the person's own writes are
 * known, and past ones are forgotten. `clock` is the visitor's time, `serverTime` the server's, in ms.
 */
export function adopt(memory: Memory, own: OwnEvents, clock: number, serverTime: number): Memory {
  const events = { ...memory.events }
  const writes: Record<string, OwnWrite> = {}
  for (const [id, write] of Object.entries(memory.writes)) {
    const isDone = !isPending(write, own.at, clock)
    if (isDone && !write.isAdopted) setEvent(events, id, withStanding(events[id], own.events.get(id)))
    if (clock - write.since <= WRITE_MS) writes[id] = isDone ? { ...write, isAdopted: true } : write
  }
  for (const [id, event] of own.events) if (!isPending(writes[id], own.at, clock)) events[id] ??= event
  for (const [id, before] of Object.entries(events)) {
    if ((own.events.get(id) ?? before).ends_at <= serverTime) setEvent(events, id, undefined)
  }
  return { events, writes }
}

/** The news about all events. `absences` says why events are missing, as far as that is known. */
export function allNews(
  memory: Memory,
  own: OwnEvents,
  absences: ReadonlyMap<string, Absence>,
  clock: number,
  serverTime: number,
): News[] {
  return Object.values(memory.events)
    .filter(({ id }) => !isPending(memory.writes[id], own.at, clock))
    .map((before) => {
      const now = own.events.get(before.id)
      const changes = newsOf(before, now ?? absences.get(before.id) ?? 'unknown', serverTime)
      return { before, now: now ?? null, changes }
    })
    .filter(({ changes }) => changes.length > 0)
    .sort((one, other) => one.before.starts_at - other.before.starts_at)
}

/** The events that are missing among the own ones, although the person did not leave them. */
export function missingEvents(memory: Memory, own: OwnEvents, clock: number): string[] {
  return Object.keys(memory.events).filter((id) => !own.events.has(id) && !isPending(memory.writes[id], own.at, clock))
}

/** The person has seen an event as it is now; `now` is undefined if it is no longer theirs. */
export function acknowledge(memory: Memory, id: string, now: OwnEvent | undefined): Memory {
  const events = { ...memory.events }
  setEvent(events, id, now)
  return { ...memory, events }
}

/** A write to an event begins, is answered (with a position), or is refused (null). */
export function noteWrite(memory: Memory, id: string, write: OwnWrite | null): Memory {
  const writes = Object.fromEntries(Object.entries(memory.writes).filter(([each]) => each !== id))
  return { ...memory, writes: write ? { ...writes, [id]: write } : writes }
}

/** Own writes change the standing; what else changed at the same time stays news. */
function withStanding(before: OwnEvent | undefined, now: OwnEvent | undefined): OwnEvent | undefined {
  return now && { ...(before ?? now), standing: now.standing, organizing: now.organizing }
}

function setEvent(events: Record<string, OwnEvent>, id: string, event: OwnEvent | undefined): void {
  if (event) events[id] = event
  else Reflect.deleteProperty(events, id)
}
