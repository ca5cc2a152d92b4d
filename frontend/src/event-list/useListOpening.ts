import { nextTick, shallowRef, watch, type ShallowRef } from 'vue'
import { useNotices } from '@/shell/notices'
import { shownMoments } from '@/time/eventTimes'
import { fullDay } from '@/time/timeText'
import { startOfDay } from '@/time/weeks'
import { useServerClock } from '@/time/useNow'
import { localDay, viewerZone } from '@/time/zones'
import { rowAtDay } from './cardGroups'
import { comparePlaces } from './listWindow'
import type { Events } from './useEvents'
import { absenceWords } from './listWords'
import type { SavedPlace } from './savedPlace'
import type { ListRequest, RequestedList } from './useListRequest'
import type { RowPositions } from './useRowPositions'
import type { StableCards } from './useStableList'

/** The distance of a day from the upper edge of the screen after a jump to it, in px. */
const DAY_TOP_PX = 16

/**
 * Shows the target of a request as soon as its cards are there: the start of the list, a saved place, or a day. Returns the
 * visit whose target was shown; until then, the place on the screen means nothing.
 */
export function useListOpening(
  { request, open }: RequestedList,
  events: Events,
  { list, visit }: StableCards,
  positions: RowPositions,
  area: () => HTMLElement | null,
): ShallowRef<number | null> {
  const opened = shallowRef<number | null>(null)
  const notices = useNotices()
  const clock = useServerClock()
  const zone = viewerZone()

  function showStart(): void {
    const top = area()?.getBoundingClientRect().top ?? 0
    if (top < 0) window.scrollTo({ top: 0, behavior: 'instant' })
  }

  /** The card may be gone: then the next one takes its place. */
  function showPlace({ card, topPx }: SavedPlace): void {
    const { order } = events.extent.value
    const row = list.value.rows.find(({ placed }) => comparePlaces(placed, card, order) >= 0) ?? list.value.rows.at(-1)
    const element = row && positions.find(row.item.key)
    if (element) positions.scrollTo(element, topPx)
  }

  function showDay(day: string, isLast: boolean): void {
    const { order } = events.extent.value
    const direction = (order === 'ascending') === isLast ? 'earlier' : 'later'
    const card = rowAtDay(list.value.rows, day, zone, direction)?.item
    if (!card) {
      if (!isLast && events.total.value > 0) open({ is: 'day', day, isLast: true })
      return
    }
    const moment = shownMoments(card, zone).startsAt
    if (localDay(moment, zone) !== day) {
      const words = (at: number): string => fullDay(at, zone, clock.now())
      const wanted = words(startOfDay(day, zone) ?? moment)
      notices.show(absenceWords(wanted, words(moment), order, isLast))
    }
    const row = positions.find(card.key)
    if (!row) return
    const group = row.closest<HTMLElement>('[data-day]')
    const isFirst = group?.querySelector('[data-row]') === row
    positions.scrollTo(isFirst ? group : row, DAY_TOP_PX)
    // On the first visit, the page begins at its start.
    if (visit.value !== 0) group?.querySelector<HTMLElement>('[data-day-label]')?.focus({ preventScroll: true })
  }

  function show({ target }: ListRequest): void {
    if (target.is === 'start') showStart()
    else if (target.is === 'place') showPlace(target.place)
    else showDay(target.day, target.isLast)
  }

  watch(
    visit,
    async (shown) => {
      if (shown === null) return
      await nextTick()
      if (visit.value !== request.value.visit) return
      show(request.value)
      opened.value = shown
      positions.measure()
    },
    { immediate: true },
  )

  return opened
}
