/** The texts of the answer box, one for each of its states. Pure. */

import type { AnswerState } from './answerState'

/** A headline and the sentence below it. */
export interface AnswerWords {
  head: string
  text: string
}

/** The texts of a state. */
export function answerWords(answer: AnswerState): AnswerWords {
  switch (answer.is) {
    case 'ended':
      return { head: 'This event has ended', text: answer.hadSeat ? 'You had a seat.' : 'Joining is closed.' }
    case 'cancelled':
      return {
        head: 'Called off',
        text: answer.attended
          ? "The organizer called this off. You don't need to do anything."
          : 'The organizer called this off.',
      }
    case 'saving':
      return { head: SAVING[answer.action], text: 'One moment…' }
    case 'refused':
      return { head: answer.why, text: currentWords(answer.then) }
    case 'going':
      return {
        head: "You're going",
        text: `You have ${seats(answer.party)}.`,
      }
    case 'waiting':
      return {
        head:
          answer.number === null ? "You're on the waitlist" : `You're number ${String(answer.number)} on the waitlist`,
        text: `You move up as soon as ${answer.party === 1 ? 'a seat is free' : `${String(answer.party)} seats are free together`}.`,
      }
    case 'too-large':
      return {
        head: "Your group doesn't fit any more",
        text: `The event now has ${seats(answer.capacity)}, and you're waiting for ${String(answer.party)}. Ask for fewer: you keep your place on the waitlist.`,
      }
    case 'joinable':
      return { head: 'Are you coming?', text: seatsLeftWords(answer.free) }
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

function seats(number: number): string {
  return number === 1 ? '1 seat' : `${String(number)} seats`
}

function seatsLeftWords(free: number | null): string {
  if (free === null) return 'There is room for everyone.'
  return free === 1 ? '1 seat is left.' : `${String(free)} seats are left.`
}

function guestsWords({ free, outcome }: Extract<AnswerState, { is: 'with-guests' }>): string {
  if (outcome === 'seats') return seatsLeftWords(free)
  const fewLeft = `Only ${free === 1 ? '1 seat is' : `${String(free)} seats are`} left.`
  return outcome === 'waitlist' ? `${fewLeft} You'd wait until all of you fit.` : fewLeft
}

function waitlistWords({ waitlist, waiting, groups }: Extract<AnswerState, { is: 'full' }>): string {
  if (!waitlist) return 'There is no waitlist. If a seat becomes free, you see it here right away.'
  if (waiting === 0) return "No one is waiting yet. You'd be first."
  const people = waiting === 1 ? '1 person' : `${String(waiting)} people`
  if (groups === null || groups === waiting) return `${people} ${waiting === 1 ? 'is' : 'are'} waiting.`
  return groups === 1 ? `1 group (${people}) is waiting.` : `${String(groups)} groups (${people}) are waiting.`
}

function currentWords(then: AnswerState): string {
  const { head, text } = answerWords(then)
  return then.is === 'joinable' ? text : `${head}. ${text}`
}
