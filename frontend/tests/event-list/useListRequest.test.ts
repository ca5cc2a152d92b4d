import { effectScope, nextTick, shallowRef } from 'vue'
import { expect, test } from 'vitest'
import type { SavedPlace } from '@/event-list/savedPlace'
import { useListRequest, type RequestedList } from '@/event-list/useListRequest'
import type { Query } from '@/event-list/useEventsQuery'

// The zone of the tests is that of the machine.
const midnight = (day: string): number => new Date(`${day}T00:00`).getTime()
const query = shallowRef<Query>({ when: 'upcoming', q: '', tag: '', from: '' })

function requested(change: Partial<Query>, saved: SavedPlace | null = null): RequestedList {
  query.value = { when: 'upcoming', q: '', tag: '', from: '', ...change }
  const list = effectScope().run(() =>
    useListRequest(
      () => query.value,
      () => saved,
    ),
  )
  return list!
}

test.each([
  [{}, {}],
  [{ from: '2026-12-24' }, { after: { rank: midnight('2026-12-24'), key: '' } }],
  // The past is read backwards, so the window begins with the end of the day.
  [{ when: 'past', from: '2026-06-01' }, { after: { rank: midnight('2026-06-02'), key: '' } }],
] as const)('the window of %o is %o', (change, expected) => {
  expect(requested(change).request.value.window).toEqual(expected)
})

test('a saved place comes before the day of the address', () => {
  const place = { window: { before: { rank: 7, key: 'card:a' } }, card: { rank: 6, key: 'card:b' }, topPx: 80 }
  const { request } = requested({ from: '2026-12-24' }, place)
  expect(request.value).toMatchObject({ window: place.window, target: { is: 'place', place } })
})

test('another query is another visit; a window that slides is not', async () => {
  const { request, slide, open } = requested({})
  slide({ after: { rank: 1, key: 'card:a' } })
  expect(request.value).toMatchObject({ visit: 0, window: { after: { rank: 1, key: 'card:a' } } })
  const same = request.value
  slide({ after: { rank: 1, key: 'card:a' } })
  expect(request.value).toBe(same)
  query.value = { ...query.value, tag: 'x' }
  await nextTick()
  expect(request.value).toMatchObject({ visit: 1, window: {}, query: { tag: 'x' } })
  open({ is: 'day', day: '2026-12-24', isLast: true })
  expect(request.value).toMatchObject({ visit: 2, window: { before: { rank: midnight('2026-12-24'), key: '' } } })
})
