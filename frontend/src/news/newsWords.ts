import { isolate } from '@/text/isolation'
import { shownMoments } from '@/time/eventTimes'
import { shortDay, timeOfDay } from '@/time/timeText'
import { asUtc } from '@/time/zones'
import type { News } from './memory'
import type { Change } from './newsOf'
import type { OwnEvent } from './ownEvents'

/** Start and end as the page shows them: an event with a place leads with its own clock, another with the viewer's. */
function shownTimes(event: OwnEvent, viewer: string): { day: string; start: string; end: string } {
  const { startsAt, endsAt } = event.place
    ? { startsAt: asUtc(event.starts), endsAt: asUtc(event.ends) }
    : shownMoments(event, viewer)
  const zone = event.place ? 'UTC' : viewer
  return { day: shortDay(startsAt, zone), start: timeOfDay(startsAt, zone), end: timeOfDay(endsAt, zone) }
}

/** `Sat 28 Nov, 19:30`, or only what differs from `other`: `20:00`, `until 23:00`. */
function timeWords(event: OwnEvent, other: OwnEvent, viewer: string): string {
  const [here, there] = [shownTimes(event, viewer), shownTimes(other, viewer)]
  if (here.day !== there.day) return `${here.day}, ${here.start}`
  return here.start === there.start ? `until ${here.end}` : here.start
}

/** The subject of a second sentence about the same event. */
const IT = 'It'

function isNow(subject: string): string {
  return subject === IT ? "It's" : `${subject} is`
}

/** One sentence for a notice; the event is `subject`, by its title or as "It". */
function sentence(change: Change, subject: string, { before, now }: News, viewer: string): string {
  const title = isolate((now ?? before).title)
  if (change.is === 'deleted') return `${subject} was deleted by its organizer.`
  if (change.is === 'removed') {
    return `You were taken off the ${change.was === 'going' ? 'guest list' : 'waitlist'} for ${title}.`
  }
  if (change.is === 'cancelled') return `${subject} was called off.`
  if (change.is === 'promoted') return `You moved up: you're going to ${title}.`
  if (now === null) return ''
  if (change.is === 'moved') {
    return `${isNow(subject)} now ${timeWords(now, before, viewer)} (was ${timeWords(before, now, viewer)}).`
  }
  if (change.is === 'relinked') return now.link ? `${subject} has a new link.` : `${subject} has no link any more.`
  if (!now.place) return `${isNow(subject)} no longer at ${isolate(before.place)}.`
  return `${isNow(subject)} now at ${isolate(now.place)}${before.place ? ` (was ${isolate(before.place)})` : ''}.`
}

/** The text of a notice about one event. */
export function newsText(news: News, viewer: string): string {
  const title = isolate((news.now ?? news.before).title)
  return news.changes.map((change, index) => sentence(change, index === 0 ? title : IT, news, viewer)).join(' ')
}

/** The words on an event's page about each changed fact, with what it was. */
export function markWords({ before, now, changes }: News, viewer: string): { fact: string; was: string }[] {
  return changes.flatMap((change) => {
    if (change.is === 'promoted') return [{ fact: 'You moved up', was: 'you were on the waitlist' }]
    if (change.is === 'cancelled') return [{ fact: 'Called off', was: 'was on when you last looked' }]
    if (change.is === 'removed') {
      const list = change.was === 'going' ? 'guest list' : 'waitlist'
      return [{ fact: `You were taken off the ${list}`, was: '' }]
    }
    if (change.is === 'deleted' || now === null) return []
    if (change.is === 'moved') return [{ fact: 'New time', was: `was ${timeWords(before, now, viewer)}` }]
    const [fact, old] = change.is === 'relocated' ? ['New place', before.place] : ['New link', before.link]
    return [{ fact, was: old ? `was ${old}` : 'there was none' }]
  })
}
