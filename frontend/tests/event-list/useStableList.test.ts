import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { computed, effectScope, shallowRef, type EffectScope } from 'vue'
import type { Extent } from '@/event-list/listWindow'
import { inSections, type MyCard } from '@/event-list/mySections'
import { useRowPositions } from '@/event-list/useRowPositions'
import { useStableList, type StableCards } from '@/event-list/useStableList'
import type { ListRequest } from '@/event-list/useListRequest'
import { card, mine } from '../support/items'

const REQUEST: ListRequest = {
  query: { when: 'mine', q: '', tag: '', from: '' },
  window: {},
  visit: 0,
  target: { is: 'start' },
}
const WHOLE: Extent = { before: 0, hasMore: false, order: 'ascending', isInSections: true }
const WINDOW: Extent = { before: 0, hasMore: true, order: 'ascending' }
const plain = [card({ id: 'goes', starts_at: 1 }), card({ id: 'organized', starts_at: 2 })]
const inTheirSections = inSections(plain, [mine({ event: 'goes' }), mine({ event: 'organized', organizing: true })])

const content = shallowRef<{ cards: readonly MyCard[]; extent: Extent }>({ cards: inTheirSections, extent: WHOLE })
let scope: EffectScope

beforeEach(() => {
  scope = effectScope()
  // A person who has scrolled reads.
  window.scrollTo(0, 500)
})
afterEach(() => {
  scope.stop()
  window.scrollTo(0, 0)
})

function show(cards: readonly MyCard[], extent: Extent): StableCards {
  content.value = { cards, extent }
  const area = (): HTMLElement | null => null
  const list = {
    cards: computed(() => content.value.cards),
    extent: computed(() => content.value.extent),
    shown: computed(() => REQUEST),
    loading: computed(() => false),
  }
  return scope.run(() => useStableList(list, area, useRowPositions(area)))!
}

const ids = ({ list }: StableCards): string[] => list.value.rows.map(({ item }) => item.id)

test('a new card is held back while a person reads', async () => {
  const stable = show(plain.slice(1), WINDOW)
  content.value = { cards: plain, extent: WINDOW }
  await flushPromises()
  expect(ids(stable)).toEqual(['organized'])
  expect(stable.list.value.isOutdated).toBe(true)
})

test('a new card is held back at the upper end of a window that begins within the list', async () => {
  window.scrollTo(0, 0)
  const within: Extent = { ...WINDOW, before: 10 }
  const [first, second, third] = [1, 2, 3].map((starts_at) => card({ id: `event-${String(starts_at)}`, starts_at }))
  const stable = show([first!, third!], within)
  content.value = { cards: [first!, second!, third!], extent: within }
  await flushPromises()
  expect(ids(stable)).toEqual(['event-1', 'event-3'])
  expect(stable.list.value.isOutdated).toBe(true)
})

test('a list that leaves its sections, or is in them again, is shown at once with its places', async () => {
  const stable = show(inTheirSections, WHOLE)
  expect(ids(stable)).toEqual(['organized', 'goes'])
  content.value = { cards: plain, extent: WINDOW }
  await flushPromises()
  expect(stable.list.value.rows.map(({ placed }) => placed.rank)).toEqual([1, 2])
  expect(stable.list.value.isOutdated).toBe(false)
  content.value = { cards: inTheirSections, extent: WHOLE }
  await flushPromises()
  expect(ids(stable)).toEqual(['organized', 'goes'])
})
