/** What the states of the answer box are called. */

import type { Answer } from './answer'

/** A headline, and what it means. */
export interface Words {
  head: string
  text: string
}

/** The words of a state. */
export function words(answer: Answer): Words {
  switch (answer.is) {
    case 'ended':
      return { head: 'This is over', text: answer.went ? 'You were there.' : 'Nobody can join any more.' }
    case 'cancelled':
      return {
        head: 'Cancelled',
        text: answer.was
          ? 'The organizer called it off. Nothing is left for you to do.'
          : 'The organizer called it off.',
      }
    case 'saving':
      return { head: SAVING[answer.act], text: 'Waiting for the server to confirm.' }
    case 'refused':
      return { head: answer.why, text: nowWords(answer.then) }
    case 'going':
      return {
        head: 'You are going',
        text: answer.party === 1 ? 'One seat is yours.' : `${String(answer.party)} seats are yours.`,
      }
    case 'waiting':
      return {
        head: answer.number === null ? 'You are in line' : `You are number ${String(answer.number)} in line`,
        text: `${answer.party === 1 ? 'You move up' : `The ${String(answer.party)} of you move up`} as soon as there is room.`,
      }
    case 'joinable':
      return { head: 'Will you come?', text: left(answer.free) }
    case 'with-guests':
      return { head: `${String(answer.party)} of you?`, text: guests(answer) }
    case 'full':
      return { head: 'All seats are taken', text: full(answer) }
  }
}

const SAVING = {
  join: 'Asking for your seat',
  unattend: 'Giving your seat back',
  resize: 'Changing your seats',
} as const

function left(free: number | null): string {
  if (free === null) return 'There is room for everybody.'
  return free === 1 ? 'One seat is left.' : `${String(free)} seats are left.`
}

function guests({ free, lands }: Extract<Answer, { is: 'with-guests' }>): string {
  if (lands === 'seats') return left(free)
  const few = `Only ${free === 1 ? 'one seat is' : `${String(free)} seats are`} left.`
  return lands === 'waitlist' ? `${few} You would wait until all of you fit.` : few
}

function full({ waitlist, ahead }: Extract<Answer, { is: 'full' }>): string {
  if (!waitlist) return 'There is no waitlist. A seat that becomes free shows here at once.'
  if (ahead === 0) return 'Nobody waits yet: you would be first in line.'
  return ahead === 1 ? 'One person waits.' : `${String(ahead)} people wait.`
}

function nowWords(then: Answer): string {
  const { head, text } = words(then)
  return then.is === 'joinable' ? text : `${head}. ${text}`
}
