import { expect, test } from 'vitest'
import { noticeText } from '@/news/noticeWords'
import { zonesOf } from '@/news/noticeZones'
import { notice } from '../support/items'

const changes = [{ field: 'starts', before: '2026-11-27T19:30', after: '2026-11-27T20:30' } as const]

test.each([
  ['of the event, which the notice names', { zone: 'Asia/Tokyo' }, ' in Tokyo'],
  ['of an unknown place, where the event is gone', {}, ' local time'],
])('the times in a notice are those of the clock %s', (_, zone, expected) => {
  const changed = notice(1, { what: 'changed', changes, ...zone })
  expect(noticeText(changed, zonesOf(changed))).toContain(`${expected} (was`)
})
