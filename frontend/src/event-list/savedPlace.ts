/** The reader's place in a list, as an entry of the browser's history keeps it. */

import type { ListWindow, Place } from './listWindow'
import type { Query } from './useEventsQuery'

/** A place in a list to which a reader comes back: a card, and its distance from the upper edge of the screen, in px. */
export interface SavedPlace {
  window: ListWindow
  card: Place
  topPx: number
}

/** The part of `history.state` that is used here; vue-router counts the entries in `position`. */
interface EntryState {
  position?: number
  place?: string
}

/** The state of the present entry. */
export function entryState(): EntryState {
  return (history.state as EntryState | null) ?? {}
}

/** The place that the present entry has for the list of a query; null for none. */
export function savedPlace(query: Query): SavedPlace | null {
  const { place } = entryState()
  const saved = place === undefined ? null : (JSON.parse(place) as { query: Query; place: SavedPlace })
  return saved && JSON.stringify(saved.query) === JSON.stringify(query) ? saved.place : null
}

/** The state of an entry that opens the list of a query at a place. */
export function stateOf(query: Query, place: SavedPlace | null): { place?: string } {
  return place ? { place: JSON.stringify({ query, place }) } : {}
}
