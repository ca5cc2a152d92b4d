import { expect, test } from 'vitest'
import { invitationWords } from '@/hosts/invitationWords'
import type { InvitationItem } from '@/live/generated'
import { clock } from '../support/clock'

const NOW = Date.parse('2026-11-27T18:30Z')

function link(uses: number | null, endsAt: string | null): Pick<InvitationItem, 'uses' | 'ends_at'> {
  return { uses, ends_at: endsAt === null ? null : Date.parse(`${endsAt}Z`) }
}

test.each([
  [link(3, null), 'For 3 people'],
  [link(1, '2026-11-28T18:30'), `For 1 person, until Sat 28 Nov ${clock('19:30')}`],
  [link(null, '2026-12-04T23:00'), 'For any number of people, until the end of Fri 4 Dec'],
  [link(0, null), 'Used up'],
  [link(2, '2026-11-27T18:30'), 'Ended'],
])('%j: %s', (item, words) => {
  expect(invitationWords(item as InvitationItem, NOW, 'Europe/Vienna')).toBe(words)
})
