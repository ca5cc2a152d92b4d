import { shallowRef, watch, type ShallowRef } from 'vue'
import { addDays, startOfDay } from '@/time/weeks'
import { viewerZone } from '@/time/zones'
import { isSameWindow, type ListWindow } from './listWindow'
import type { SavedPlace } from './savedPlace'
import { isPast, type Query } from './useEventsQuery'

/** The place that the page shows once a request has loaded. */
export type Target = { is: 'start' } | { is: 'place'; place: SavedPlace } | { is: 'day'; day: string; isLast: boolean }

/** A request of the page: a window of the list of a query. */
export interface ListRequest {
  query: Query
  window: ListWindow
  /** Counts the times that the list was opened, at its start or elsewhere; the same while its window slides. */
  visit: number
  target: Target
}

/** The request of the page, and its changes. */
export interface RequestedList {
  request: ShallowRef<ListRequest>
  /** Slides the window, without a jump. */
  slide: (window: ListWindow) => void
  /** Opens the list at a target. */
  open: (target: Target) => void
}

/**
 * Requests the list of a query, and anew whenever that changes.
 *
 * @param saved the place to which the reader comes back; null for none.
 */
export function useListRequest(query: () => Query, saved: () => SavedPlace | null): RequestedList {
  const request = shallowRef(requestOf(query(), firstTarget(query(), saved()), 0))
  watch(query, (now) => open(firstTarget(now, saved())))

  function open(target: Target): void {
    request.value = requestOf(query(), target, request.value.visit + 1)
  }

  function slide(window: ListWindow): void {
    if (!isSameWindow(window, request.value.window)) request.value = { ...request.value, window }
  }

  return { request, slide, open }
}

function firstTarget({ from }: Query, saved: SavedPlace | null): Target {
  if (saved) return { is: 'place', place: saved }
  return from === '' ? { is: 'start' } : { is: 'day', day: from, isLast: false }
}

function requestOf(query: Query, target: Target, visit: number): ListRequest {
  return { query, target, visit, window: windowOf(target, query) }
}

/** The window that holds a target. */
function windowOf(target: Target, { when }: Query): ListWindow {
  if (target.is === 'start') return {}
  if (target.is === 'place') return target.place.window
  // A list that goes back in time begins at the end of the day.
  const rank = startOfDay(isPast(when) ? addDays(target.day, 1) : target.day, viewerZone())
  if (rank === null) return {}
  return target.isLast ? { before: { rank, key: '' } } : { after: { rank, key: '' } }
}
