/** The addresses by which calendars take over an event, or follow a feed. Pure. */
import type { EventItem } from '@/live/generated'

type CalendarEvent = Pick<
  EventItem,
  'id' | 'title' | 'place' | 'link' | 'description' | 'starts' | 'ends' | 'starts_at' | 'ends_at' | 'zone' | 'all_day'
>

/** The beginning of a description that an address has: calendars refuse addresses that are too long. */
const BEGINNING = /^[^]{0,500}/u

/** The path of the calendar file of an event. */
export function eventFilePath(event: string): string {
  return `/api/events/${event}.ics`
}

/** The path of the feed of public events; with a tag, of those that have it. */
export function publicFeedPath(tag: string): string {
  return `/api/feeds/public.ics${tag === '' ? '' : `?${new URLSearchParams({ tag })}`}`
}

/** The page of Google Calendar on which a person adds the event. `page` is the address of the event's page. */
export function googleLink(event: CalendarEvent, page: string): string {
  const compact = timesOf(event).map((time) => time.replace(/[-:]/g, ''))
  return withParameters('https://calendar.google.com/calendar/render', {
    action: 'TEMPLATE',
    text: event.title,
    dates: compact.join('/'),
    ctz: event.all_day ? '' : event.zone,
    location: event.place || event.link,
    details: details(event, page),
  })
}

/** The page of Outlook on which a person adds the event. */
export function outlookLink(event: CalendarEvent, page: string): string {
  const [start, end] = timesOf(event)
  return withParameters('https://outlook.live.com/calendar/0/action/compose', {
    rru: 'addevent',
    subject: event.title,
    startdt: start,
    enddt: end,
    allday: event.all_day ? 'true' : '',
    location: event.place || event.link,
    body: details(event, page),
  })
}

/** The address with which a browser opens the calendar app on a feed, for its address on the web. */
export function webcalLink(address: string): string {
  return address.replace(/^https?:/, 'webcal:')
}

function details({ description, link }: CalendarEvent, page: string): string {
  const beginning = BEGINNING.exec(description)?.[0] ?? ''
  const text = beginning === description ? description : `${beginning}…`
  return [text, link, page].filter((part) => part !== '').join('\n\n')
}

/** Start and end. Those of an all-day event are days, the second one the day after the last (RFC 5545, section 3.6.1). */
function timesOf(event: CalendarEvent): [string, string] {
  if (event.all_day) return [event.starts.slice(0, 10), event.ends.slice(0, 10)]
  return [isoSeconds(event.starts_at), isoSeconds(event.ends_at)]
}

/** `2026-11-27T18:30:00Z`: local times would need the rules of the zone in each calendar. */
function isoSeconds(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}

function withParameters(address: string, parameters: Record<string, string>): string {
  const filled = Object.entries(parameters).filter(([, value]) => value !== '')
  return `${address}?${new URLSearchParams(filled)}`
}
