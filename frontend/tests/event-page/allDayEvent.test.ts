import { describe, expect, test } from 'vitest'
import EventTimes from '@/event-list/EventTimes.vue'
import EventWhen from '@/event-page/EventWhen.vue'
import GuestSheet from '@/guest-list/GuestSheet.vue'
import { event, STARTS_AT } from '../support/items'
import { stage } from '../support/mounting'

/** A fair in Tokyo, whose days begin in the afternoon of the day before in Europe. */
const fair = event({
  starts: '2026-12-05T00:00',
  ends: '2026-12-07T00:00',
  zone: 'Asia/Tokyo',
  starts_at: Date.parse('2026-12-04T15:00Z'),
  ends_at: Date.parse('2026-12-06T15:00Z'),
  all_day: true,
})
const fairOfOneDay = { ...fair, ends: '2026-12-06T00:00', ends_at: Date.parse('2026-12-05T15:00Z') }

describe('an all-day event has its days and no clock', () => {
  test.each([
    ['on its card', EventTimes, fairOfOneDay, 'All day'],
    ['on its card, for several days', EventTimes, fair, 'Sat 5 – Sun 6 Dec'],
    ['on its page', EventWhen, fairOfOneDay, 'Saturday 5 DecemberSat 5 Dec, all day ·\u00a0The depot'],
    [
      'on its page, for several days',
      EventWhen,
      fair,
      'Saturday 5 – Sunday 6 DecemberSat 5 – Sun 6 Dec, all day ·\u00a0The depot',
    ],
  ])('%s', (_, component, shown, text) => {
    const wrapper = stage().mount(component, { event: shown, now: STARTS_AT })
    expect(wrapper.text()).toBe(text)
    expect(wrapper.find('time').attributes('datetime')).toBe('2026-12-05')
  })

  test('on the guest list', () => {
    const sheet = { going: [], waiting: [], numbers: new Map(), now: STARTS_AT }
    const text = (shown: typeof fair): string =>
      stage()
        .mount(GuestSheet, { event: shown, ...sheet })
        .find('p')
        .text()
    expect(text(fair)).toBe('Saturday 5 – Sunday 6 December, all day, The depot')
    expect(text(fairOfOneDay)).toBe('Saturday 5 December, all day, The depot')
    expect(text(event())).toMatch(/^Friday 27 November, \S.* – .*, The depot$/)
  })
})
