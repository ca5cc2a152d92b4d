import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import type { CalendarWay } from '@/calendars/calendarWays'
import { waysOfEvent, waysOfPublicFeed } from '@/calendars/calendarWays'
import CalendarMenu from '@/calendars/CalendarMenu.vue'
import { useNotices } from '@/shell/notices'
import { event } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEach(() => {
  on = stage()
})

const button = (): HTMLElement => document.querySelector<HTMLElement>('button[aria-haspopup=menu]')!
const items = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[role=menuitem]')]

async function open(ways: () => readonly CalendarWay[]): Promise<void> {
  on.mount(CalendarMenu, { label: 'Add to calendar', ways: () => Promise.resolve(ways()) })
  button().click()
  await import('@/calendars/CalendarMenuItems.vue')
  await flushPromises()
}

test('an event can be taken as a file, and to Google and Outlook', async () => {
  await open(() => waysOfEvent(event({ id: 'abc' })))
  expect(items().map((each) => each.textContent.trim())).toEqual(['Calendar file (.ics)', 'Google Calendar', 'Outlook'])
  const [file, google, outlook] = items()
  expect(file!.getAttribute('href')).toBe('/api/events/abc.ics')
  expect(file!.hasAttribute('target')).toBe(false)
  for (const elsewhere of [google!, outlook!]) {
    expect(elsewhere.getAttribute('target')).toBe('_blank')
    expect(elsewhere.getAttribute('rel')).toBe('noopener noreferrer')
    expect(elsewhere.getAttribute('href')).toContain(encodeURIComponent(`${location.origin}/events/abc`))
  }
  expect(document.querySelector('[role=menu]')!.getAttribute('aria-labelledby')).toBe(button().id)
  button().click()
  await flushPromises()
  expect(items()).toEqual([])
})

test('a feed opens in the calendar app, or its address is copied', async () => {
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  await open(() => waysOfPublicFeed('games'))
  const address = `${location.origin}/api/feeds/public.ics?tag=games`
  expect(items()[0]!.getAttribute('href')).toBe(address.replace('http:', 'webcal:'))
  items()[1]!.click()
  await flushPromises()
  expect(writeText).toHaveBeenCalledWith(address)
  expect(useNotices().notices.map(({ text }) => text)).toEqual(['The address is copied.'])
})
