/** What has happened to a seat row between two states of an event: who came, who left, who moved up. Pure. */

import type { Face } from '@/live/generated'

/** What a seat row is told of an event. */
export interface Seating {
  going: number
  waiting: number
  /** Those who go, in the order in which they joined; of a card only the first few. */
  faces: readonly Face[]
  /** Whether `faces` are all who go. */
  complete: boolean
}

/** A seat that lights up. */
export interface Arrival {
  seat: number
  /** Null where a card does not say who it was. */
  face: Face | null
  /** From the waitlist. */
  promoted: boolean
}

/** What a row shows for a moment. */
export interface Happening {
  arrivals: Arrival[]
  /** Seats that went dark. */
  departures: number[]
}

/** More lights than this at once are one glare. */
const LIGHTS_MAX = 6

/** Compares two states of the same event. */
export function happening(before: Seating, after: Seating): Happening {
  const more = after.going - before.going
  const promoted = after.waiting < before.waiting
  const fresh = newcomers(before, after, more > 0 || promoted)
  const arrivals: { face: Face | null; promoted: boolean }[] = fresh.map((face) => ({ face, promoted }))
  const unnamed = more - fresh.reduce((sum, { party }) => sum + party, 0)
  if (fresh.length === 0 && unnamed > 0) {
    arrivals.push(...Array.from({ length: Math.min(unnamed, LIGHTS_MAX) }, () => ({ face: null, promoted })))
  }
  return {
    arrivals: placed(arrivals.slice(-LIGHTS_MAX), after.going),
    departures: more < 0 ? seats(after.going, Math.min(before.going, after.going + LIGHTS_MAX)) : [],
  }
}

/**
 * Faces that were not there before. When a card's list was cut off, somebody who went all along can slide into it
 * because another left; they did not arrive.
 */
function newcomers(before: Seating, after: Seating, somebodyCame: boolean): readonly Face[] {
  if (!somebodyCame) return []
  const known = new Set(before.faces.map(({ id }) => id))
  const fresh = after.faces.filter(({ id }) => !known.has(id))
  const cutOff = !before.complete && before.faces.reduce((sum, { party }) => sum + party, 0) < before.going
  return cutOff ? [] : fresh
}

/** Newcomers sit at the end of the row, in the order in which they came. */
function placed(arrivals: { face: Face | null; promoted: boolean }[], going: number): Arrival[] {
  let end = going
  return arrivals
    .toReversed()
    .map((arrival) => {
      end -= arrival.face?.party ?? 1
      return { ...arrival, seat: Math.max(0, end) }
    })
    .toReversed()
}

function seats(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
