/** The changes of a seat row between two states of an event: arrivals, departures, promotions. Pure. */

import type { Face } from '@/live/generated'
import { seatsOf } from './capacity'

/** The fields of an event that a seat row shows. */
export interface Seating {
  going: number
  waiting: number
  /** The first attendees, in the order in which they joined. */
  faces: readonly Face[]
  /** The last attendees of a crowd, in the same order. */
  newest: readonly Face[]
}

/** A seat that lights up. */
export interface Arrival {
  seat: number
  /** Null if the person is unknown. */
  face: Face | null
  /** True if the person moves up from the waitlist. */
  isPromoted: boolean
}

/** The changes that a seat row shows for a moment. */
export interface SeatChanges {
  /** Seats that became free; arrivals may take them again. */
  departures: number[]
  arrivals: Arrival[]
}

/** The largest number of lights that a change starts. */
const LIGHTS_MAX = 6

/** Compares two states of the same event. */
export function seatChanges(before: Seating, after: Seating): SeatChanges {
  const difference = after.going - before.going
  const isPromoted = after.waiting < before.waiting
  const fresh = newcomers(before, after)
  const unnamed = Math.max(0, difference - seatsOf(fresh))
  // Departures from a crowd are unnamed. Newcomers are named: the seats that they took beyond the difference were given back.
  const left = Math.max(0, seatsOf(fresh) - difference)
  const unnamedFaces = Array.from({ length: Math.min(unnamed, LIGHTS_MAX) }, () => null)
  return {
    departures: seats(before.going - left, before.going).slice(0, LIGHTS_MAX),
    arrivals: atEndOfRow([...unnamedFaces, ...fresh].slice(-LIGHTS_MAX), after.going, isPromoted),
  }
}

/** Attendees who were not in the event before. */
function newcomers(before: Seating, after: Seating): readonly Face[] {
  const known = new Set([...before.faces, ...before.newest].map(({ id }) => id))
  const isFresh = ({ id }: Face): boolean => !known.has(id)
  if (seatsOf(before.faces) >= before.going) return distinct([...after.faces, ...after.newest]).filter(isFresh)
  // When one of the newest in a crowd leaves, an older attendee moves into the list, before the others.
  const firstKnown = after.newest.findIndex((face) => !isFresh(face))
  if (firstKnown < 0) return last(after.newest, after.going - before.going)
  return after.newest.slice(firstKnown).filter(isFresh)
}

/** Newcomers sit at the end of the row, in the order in which they came. */
function atEndOfRow(faces: readonly (Face | null)[], going: number, isPromoted: boolean): Arrival[] {
  let end = going
  return faces
    .toReversed()
    .map((face) => {
      end -= face?.party ?? 1
      return { face, isPromoted, seat: Math.max(0, end) }
    })
    .toReversed()
}

function last(faces: readonly Face[], count: number): readonly Face[] {
  return count > 0 ? faces.slice(-count) : []
}

function distinct(faces: readonly Face[]): readonly Face[] {
  return [...new Map(faces.map((face) => [face.id, face])).values()]
}

function seats(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
