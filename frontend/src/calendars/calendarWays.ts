/** The entries of the menus that bring events into a calendar. */
import { addressOf } from '@/base'
import type { EventItem } from '@/live/generated'
import { eventFilePath, googleLink, outlookLink, publicFeedPath, webcalLink } from './calendarLinks'

/** One entry: a link, or the text that it copies. */
export type CalendarWay = { label: string; href: string; isElsewhere?: boolean } | { label: string; copies: string }

/** The ways of one event. */
export function waysOfEvent(event: EventItem): readonly CalendarWay[] {
  const page = wholeAddress(`/events/${event.id}`)
  return [
    { label: 'Calendar file (.ics)', href: addressOf(eventFilePath(event.id)) },
    { label: 'Google Calendar', href: googleLink(event, page), isElsewhere: true },
    { label: 'Outlook', href: outlookLink(event, page), isElsewhere: true },
  ]
}

/** The ways of a feed at `path`, which calendars read again by themselves. */
export function waysOfFeed(path: string): readonly CalendarWay[] {
  const address = wholeAddress(path)
  return [
    { label: 'Open in calendar app', href: webcalLink(address) },
    { label: 'Copy address', copies: address },
  ]
}

/** The ways of the feed of public events, with a tag or without. */
export function waysOfPublicFeed(tag: string): readonly CalendarWay[] {
  return waysOfFeed(publicFeedPath(tag))
}

/** The whole address of a path of this instance. */
export function wholeAddress(path: string): string {
  return new URL(addressOf(path), location.origin).href
}
