import type { NoticeItem } from '@/live/generated'
import { isolate } from '@/text/isolation'
import { formatCount } from '@/text/numbers'
import { changedFacts, combineChanges, type ChangedFact, type Zones } from './changedFacts'

type Notice = Pick<NoticeItem, 'what' | 'title' | 'by' | 'changes' | 'text' | 'lead' | 'party'>

/** The subject of a second sentence about the same event. */
const IT = 'It'

/** The sentence of a notice, without what has changed and without the text of a message. */
export function noticeSentence({ what, title, by, lead, party = 1 }: Notice): string {
  const event = isolate(title)
  const who = by === undefined ? 'A host' : isolate(by)
  const seats = formatCount(party, 'seat')
  switch (what) {
    case 'promoted':
      return party > 1 ? `You moved up: you have ${seats} at ${event}.` : `You moved up: you're going to ${event}.`
    case 'removed':
      return `You were taken off the list for ${event}.`
    case 'changed':
      return `${event} has changed.`
    case 'called-off':
      return `${event} was called off.`
    case 'deleted':
      return `${event} was deleted.`
    case 'approved':
      return `Your request for ${event} was approved.`
    case 'declined':
      return `Your request for ${event} was declined.`
    case 'cohost':
      return `${who} made you a co-host of ${event}.`
    case 'organizer':
      return `${who} handed ${event} over to you. You organize it now.`
    case 'asked':
      return `${by === undefined ? 'Someone' : who} asks for ${seats} at ${event}.`
    case 'message':
      return `${who} wrote to the guests of ${event}.`
    case 'reminder':
      return `${event} starts in less than ${lead === 'day' ? 'a day' : 'two hours'}.`
    default:
      return `There is something new about ${event}.` // of a newer server
  }
}

/** The whole text of a notice, in sentences. */
export function noticeText(notice: Notice, zones: Zones): string {
  const facts = changedFacts(notice.changes ?? [], zones)
  if (notice.what === 'message' && notice.text) return `${noticeSentence(notice)} ${isolate(notice.text)}`
  if (notice.what !== 'changed' || facts.length === 0) return noticeSentence(notice)
  return facts.map((fact, index) => factSentence(fact, index === 0 ? isolate(notice.title) : IT)).join(' ')
}

function factSentence({ fact, before, after }: ChangedFact, subject: string): string {
  const is = subject === IT ? "It's" : `${subject} is`
  const was = before === '' ? '' : ` (was ${isolate(before)})`
  switch (fact) {
    case 'title':
      return `${isolate(before)} is called ${isolate(after)} now.`
    case 'time':
      return `${is} now ${after}${before === '' ? '' : ` (was ${before})`}.`
    case 'zone':
      return `${is} now on the clocks of ${after}${before === '' ? '' : ` (was ${before})`}.`
    case 'place':
      return after === '' ? `${is} no longer at ${isolate(before)}.` : `${is} now at ${isolate(after)}${was}.`
    case 'link':
      return after === '' ? `${subject} has no link any more.` : `${subject} has a new link.`
    case 'details':
      return `${subject} has new details.`
  }
}

const NEW_FACTS = {
  title: 'New title',
  time: 'New time',
  zone: 'New time zone',
  place: 'New place',
  link: 'New link',
  details: 'New details',
} as const

/** A mark on an event's page: what is new, and what it was or says; empty for nothing. */
export interface Mark {
  fact: string
  more: string
}

/** The marks of notices about one event, the oldest first. Changes of changes are one. */
export function markWords(oldestFirst: readonly Notice[], zones: Zones): Mark[] {
  const facts = changedFacts(combineChanges(oldestFirst.flatMap(({ changes }) => changes ?? [])), zones)
  const others = oldestFirst.filter(({ what }) => what !== 'changed').map(markOf)
  return [...others, ...facts.map(factMark)]
}

function factMark({ fact, before, after }: ChangedFact): Mark {
  const hadNone = (fact === 'place' || fact === 'link') && after !== ''
  return { fact: NEW_FACTS[fact], more: before ? `was ${before}` : hadNone ? 'there was none' : '' }
}

function markOf(notice: Notice): Mark {
  const { what, by, text = '' } = notice
  if (what === 'promoted') return { fact: 'You moved up', more: 'you were on the waitlist' }
  if (what === 'called-off') return { fact: 'Called off', more: 'was on when you last looked' }
  if (what === 'removed') return { fact: 'You were taken off the list', more: '' }
  if (what === 'message') return { fact: `Message from ${by === undefined ? 'a host' : isolate(by)}`, more: text }
  return { fact: noticeSentence(notice), more: '' }
}
