import { afterEach, expect, test } from 'vitest'
import { useLastList } from '@/event-list/lastList'
import { savedPlace, stateOf } from '@/event-list/savedPlace'
import type { Query } from '@/event-list/useEventsQuery'
import { stage } from '../support/mounting'

const QUERY: Query = { when: 'past', q: 'go', tag: '', from: '' }
const PLACE = { window: {}, card: { rank: 5, key: 'card:a' }, topPx: 120.5 }

afterEach(() => history.replaceState(null, ''))

test('an entry of the history has the place of its own query only', () => {
  expect(savedPlace(QUERY)).toBeNull()
  history.replaceState({ position: 1, ...stateOf(QUERY, PLACE) }, '')
  expect(savedPlace(QUERY)).toEqual(PLACE)
  expect(savedPlace({ ...QUERY, q: 'chess' })).toBeNull()
})

test('the link back to the list has its filters, its place and its name', () => {
  const on = stage()
  const list = on.run(() => useLastList())
  expect(list.link).toEqual({ label: 'All events', to: '/' })
  list.set(QUERY, PLACE)
  expect(list.link).toEqual({
    label: 'Past events',
    to: { name: 'events', query: { when: 'past', q: 'go' }, state: stateOf(QUERY, PLACE) },
  })
})
