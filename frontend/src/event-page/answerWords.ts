/** The texts of the answer box, one for each of its states. Pure. */

import type { PartyLimit } from '@/seats/capacity'
import { formatCount, formatNumber } from '@/text/numbers'
import type { AnswerState, Waiting } from './answerState'

/** The current state as a headline and a sentence below it, and why the last action was refused. */
export interface AnswerWords {
  head: string
  text: string
  refusal: string | null
}

/** The texts of a state. */
export function answerWords(answer: AnswerState): AnswerWords {
  if (answer.is === 'refused') return { ...answerWords(answer.then), refusal: answer.why }
  return { ...stateWords(answer), refusal: null }
}

function stateWords(answer: Exclude<AnswerState, { is: 'refused' }>): Pick<AnswerWords, 'head' | 'text'> {
  switch (answer.is) {
    case 'ended':
      return { head: 'This event has ended', text: answer.hadSeat ? 'You had a seat.' : 'Joining is closed.' }
    case 'cancelled':
      return { head: 'Called off', text: cancelledWords(answer) }
    case 'saving':
      return { head: SAVING[answer.action], text: 'One moment…' }
    case 'going':
      return { head: "You're going", text: `You have ${seats(answer.party)}.` }
    case 'waiting':
      return {
        head:
          answer.number === null
            ? "You're on the waitlist"
            : `You're number ${formatNumber(answer.number)} on the waitlist`,
        text: `${aheadWords(answer.ahead)}You move up as soon as ${answer.party === 1 ? 'a seat is free' : `${seats(answer.party)} are free together`}.`,
      }
    case 'too-large':
      return {
        head: "Your group doesn't fit any more",
        text: `The event now has ${seats(answer.capacity)}, and you're waiting for ${String(answer.party)}. Ask for fewer: you keep your place on the waitlist.`,
      }
    case 'joinable':
      return {
        head: answer.isOrganizer ? 'You have no seat yet' : 'Are you coming?',
        text: seatsLeftWords(answer.free),
      }
    case 'with-guests':
      return {
        head: answer.party === 2 ? 'You and 1 guest?' : `You and ${String(answer.party - 1)} guests?`,
        text: guestsWords(answer),
      }
    case 'full':
      return { head: 'All seats are taken', text: waitlistWords(answer) }
  }
}

const SAVING = {
  join: 'Saving your seat…',
  unattend: 'Giving up your seat…',
  resize: 'Changing your seats…',
} as const

/** Why a party of this size cannot grow; empty if it can, or if the text of the state already says so. */
export function limitWords(answer: AnswerState, party: number, { most, because }: PartyLimit): string {
  if (party < most) return ''
  if (because === 'taken') return answer.is === 'going' ? 'There are no more seats to add.' : ''
  if (most === 1) return ''
  return because === 'rules' ? `A group can have up to ${seats(most)}.` : `The event has ${seats(most)} in all.`
}

function cancelledWords({ attended, isOrganizer }: Extract<AnswerState, { is: 'cancelled' }>): string {
  if (isOrganizer) return 'You called this off.'
  return attended ? "The organizer called this off. You don't need to do anything." : 'The organizer called this off.'
}

function seats(number: number): string {
  return formatCount(number, 'seat')
}

function seatsLeftWords(free: number | null): string {
  return free === null ? 'There is room for everyone' : `${seats(free)} left`
}

function guestsWords({ free, outcome }: Extract<AnswerState, { is: 'with-guests' }>): string {
  if (outcome === 'seats') return seatsLeftWords(free)
  const fewLeft = `Only ${seats(free ?? 0)} left.`
  return outcome === 'waitlist' ? `${fewLeft} You'd wait until all of you fit.` : fewLeft
}

function waitlistWords({ waitlist, waiting }: Extract<AnswerState, { is: 'full' }>): string {
  if (!waitlist) return 'There is no waitlist. If a seat becomes free, you see it here right away.'
  if (waiting.people === 0) return "No one is waiting yet. You'd be first."
  return `${waitingWords(waiting)} ${isOne(waiting) ? 'is' : 'are'} waiting.`
}

/** The place on the waitlist is a number of groups, so this counts groups, too. */
function aheadWords(ahead: Waiting): string {
  if (ahead.groups === null) return ''
  if (ahead.groups === 0) return "You're next. "
  return `${waitingWords(ahead)} ${isOne(ahead) ? 'is' : 'are'} ahead of you. `
}

/** `3 people`, `4 groups (6 people)`, or `4 groups` if the people in them are unknown. */
function waitingWords({ groups, people }: Waiting): string {
  const asPeople = people === null ? '' : formatCount(people, 'person', 'people')
  if (groups === null || groups === people) return asPeople
  const asGroups = formatCount(groups, 'group')
  return asPeople === '' ? asGroups : `${asGroups} (${asPeople})`
}

function isOne({ groups, people }: Waiting): boolean {
  return (groups ?? people) === 1
}
