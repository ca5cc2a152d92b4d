import { describe, expect, test } from 'vitest'
import { googleLink, outlookLink, publicFeedPath, webcalLink } from '@/calendars/calendarLinks'

const PAGE = 'https://events.example/events/abc'
const EVENT = {
  id: 'abc',
  title: 'Dice & "cards" #1',
  place: 'Room 2',
  link: 'https://play.example/?a=1&b=2',
  description: 'Bring dice.',
  starts: '2026-11-27T19:30',
  ends: '2026-11-27T21:30',
  starts_at: Date.UTC(2026, 10, 27, 18, 30),
  ends_at: Date.UTC(2026, 10, 27, 20, 30),
  zone: 'Europe/Vienna',
}
const parameters = (link: string): Record<string, string> => Object.fromEntries(new URL(link).searchParams)

describe('the pages on which a person adds an event', () => {
  test('Google gets the moments, the zone and the texts', () => {
    expect(new URL(googleLink(EVENT, PAGE)).hostname).toBe('calendar.google.com')
    expect(parameters(googleLink(EVENT, PAGE))).toEqual({
      action: 'TEMPLATE',
      text: 'Dice & "cards" #1',
      dates: '20261127T183000Z/20261127T203000Z',
      ctz: 'Europe/Vienna',
      location: 'Room 2',
      details: `Bring dice.\n\nhttps://play.example/?a=1&b=2\n\n${PAGE}`,
    })
  })

  test('Outlook gets the same', () => {
    expect(new URL(outlookLink(EVENT, PAGE)).hostname).toBe('outlook.live.com')
    expect(parameters(outlookLink(EVENT, PAGE))).toEqual({
      rru: 'addevent',
      subject: 'Dice & "cards" #1',
      startdt: '2026-11-27T18:30:00Z',
      enddt: '2026-11-27T20:30:00Z',
      location: 'Room 2',
      body: `Bring dice.\n\nhttps://play.example/?a=1&b=2\n\n${PAGE}`,
    })
  })

  test('an all-day event has days, the end being the day after the last one, and no zone', () => {
    const fair = {
      ...EVENT,
      starts: '2026-12-05T00:00',
      ends: '2026-12-07T00:00',
      starts_at: Date.UTC(2026, 11, 4, 23),
      ends_at: Date.UTC(2026, 11, 6, 23),
      all_day: true,
    } as const
    expect(parameters(googleLink(fair, PAGE)).dates).toBe('20261205/20261207')
    expect(parameters(googleLink(fair, PAGE))).not.toHaveProperty('ctz')
    expect(parameters(outlookLink(fair, PAGE))).toMatchObject({
      startdt: '2026-12-05',
      enddt: '2026-12-07',
      allday: 'true',
    })
  })

  test('an online event has its link for a place, and what is empty is left out', () => {
    expect(parameters(googleLink({ ...EVENT, place: '' }, PAGE)).location).toBe(EVENT.link)
    const bare = parameters(outlookLink({ ...EVENT, place: '', link: '', description: '' }, PAGE))
    expect(bare).not.toHaveProperty('location')
    expect(bare.body).toBe(PAGE)
  })

  test('a long description is cut between characters, and the address stays short', () => {
    const link = googleLink({ ...EVENT, description: '🎲'.repeat(4000) }, PAGE)
    expect(parameters(link).details).toContain(`${'🎲'.repeat(500)}…\n\n`)
    expect(link.length).toBeLessThan(8_000)
  })
})

test('a feed has the tag in its address', () => {
  expect(publicFeedPath('')).toBe('/api/feeds/public.ics')
  expect(publicFeedPath('rock & roll')).toBe('/api/feeds/public.ics?tag=rock+%26+roll')
})

test('a calendar app opens a feed by its own scheme', () => {
  expect(webcalLink('https://events.example/api/feeds/public.ics')).toBe('webcal://events.example/api/feeds/public.ics')
  expect(webcalLink('http://localhost:8000/api/feeds/public.ics')).toBe('webcal://localhost:8000/api/feeds/public.ics')
})
