/** The changes of a seat row between two states of an event: arrivals, departures, promotions. Pure. */

import type { Face } from '@/live/generated'

/** The fields of an event that a seat row shows. */
export interface Seating {
  going: number
  waiting: number
  /** Those who go, in the order in which they joined; of a crowd only the first. */
  faces: readonly Face[]
  /** The last of a crowd, in the same order. */
  newest: readonly Face[]
}

/** A seat that lights up. */
export interface Arrival {
  seat: number
  /** Null where nothing says who it was. */
  face: Face | null
  /** From the waitlist. */
  promoted: boolean
}

/** A change that a row shows for a moment. */
export interface Happening {
  /** Seats that went dark; arrivals may light them again. */
  departures: number[]
  arrivals: Arrival[]
}

/** More lights than this at once are one glare. */
const LIGHTS_MAX = 6

/** Compares two states of the same event. */
export function happening(before: Seating, after: Seating): Happening {
  const more = after.going - before.going
  const promoted = after.waiting < before.waiting
  const fresh = newcomers(before, after)
  const unnamed = Math.max(0, more - seatsOf(fresh))
  // Of a crowd one does not know who left, but it is known who came: whatever they took and did not add was given back.
  const left = Math.max(0, seatsOf(fresh) - more)
  const nameless = Array.from({ length: Math.min(unnamed, LIGHTS_MAX) }, () => null)
  return {
    departures: seats(before.going - left, before.going).slice(0, LIGHTS_MAX),
    arrivals: placed([...nameless, ...fresh].slice(-LIGHTS_MAX), after.going, promoted),
  }
}

/** Those who were not there before. */
function newcomers(before: Seating, after: Seating): readonly Face[] {
  const known = new Set([...before.faces, ...before.newest].map(({ id }) => id))
  const isFresh = ({ id }: Face): boolean => !known.has(id)
  if (seatsOf(before.faces) >= before.going) return distinct([...after.faces, ...after.newest]).filter(isFresh)
  // Of a crowd: when one of the newest leaves, somebody who went all along slides in before the others.
  const stayed = after.newest.findIndex((face) => !isFresh(face))
  if (stayed < 0) return last(after.newest, after.going - before.going)
  return after.newest.slice(stayed).filter(isFresh)
}

/** Newcomers sit at the end of the row, in the order in which they came. */
function placed(faces: readonly (Face | null)[], going: number, promoted: boolean): Arrival[] {
  let end = going
  return faces
    .toReversed()
    .map((face) => {
      end -= face?.party ?? 1
      return { face, promoted, seat: Math.max(0, end) }
    })
    .toReversed()
}

function last(faces: readonly Face[], count: number): readonly Face[] {
  return count > 0 ? faces.slice(-count) : []
}

function seatsOf(faces: readonly Face[]): number {
  return faces.reduce((sum, { party }) => sum + party, 0)
}

function distinct(faces: readonly Face[]): readonly Face[] {
  return [...new Map(faces.map((face) => [face.id, face])).values()]
}

function seats(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
