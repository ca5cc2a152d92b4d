/** The choices of the form about seeing and joining an event, and their words. Pure. */

import type { EventDraft } from '@/api/generated'
import type { EventItem } from '@/live/generated'

/** The settings of privacy, as a request has them. */
export type Privacy = Required<Pick<EventDraft, 'visibility' | 'joining' | 'guest_list' | 'guest_hint'>>

export type Setting = keyof Privacy

/** An event that everyone finds, joins and reads. */
export const OPEN_TO_ALL: Readonly<Privacy> = {
  visibility: 'public',
  joining: 'open',
  guest_list: 'everyone',
  guest_hint: 'initials',
}

/** One choice of a setting: its name, what it means, and how a summary says it. */
export interface Choice<Value extends string = string> {
  value: Value
  label: string
  meaning: string
  summary: string
}

/** A setting as a group of choices. */
export interface ChoiceGroup<Name extends Setting = Setting> {
  legend: string
  choices: readonly Choice<Privacy[Name]>[]
}

export const GROUPS: { readonly [Name in Setting]: ChoiceGroup<Name> } = {
  visibility: {
    legend: 'Who sees the event',
    choices: [
      { value: 'public', label: 'Public', meaning: 'Everyone finds it in the list and the search.', summary: 'Public' },
      {
        value: 'unlisted',
        label: 'Unlisted',
        meaning: 'Everyone who has the link sees it. No list and no search shows it.',
        summary: 'Unlisted',
      },
      {
        value: 'private',
        label: 'Private',
        meaning: 'Only the hosts and the people they invite see it. To all others it does not exist.',
        summary: 'Private',
      },
    ],
  },
  joining: {
    legend: 'Who joins',
    choices: [
      { value: 'open', label: 'Open', meaning: 'Everyone who sees it can join.', summary: 'open to join' },
      { value: 'request', label: 'By request', meaning: 'People ask, and you approve each.', summary: 'by request' },
      {
        value: 'invitation',
        label: 'By invitation',
        meaning: 'Only people with an invitation link can join.',
        summary: 'by invitation',
      },
    ],
  },
  guest_list: {
    legend: 'Who sees the guest list',
    choices: [
      {
        value: 'everyone',
        label: 'Everyone',
        meaning: 'Everyone who sees the event reads the names.',
        summary: 'everyone sees the guests',
      },
      {
        value: 'going',
        label: 'Those who go',
        meaning: 'Only people with a seat and the hosts read the names.',
        summary: 'guests see each other',
      },
      {
        value: 'hosts',
        label: 'Hosts',
        meaning: 'Only you and your co-hosts read the names.',
        summary: 'only hosts see the guests',
      },
    ],
  },
  guest_hint: {
    legend: 'What everyone else sees of the guests',
    choices: [
      {
        value: 'initials',
        label: 'Initials',
        meaning: 'The first letter of a few names, and how many go.',
        summary: '',
      },
      { value: 'counts', label: 'Numbers', meaning: 'Only how many go.', summary: 'others see only numbers' },
    ],
  },
}

/** The settings of an event; items leave out what is open to all. */
export function privacyOf(event: Pick<EventItem, Exclude<keyof EventItem & Setting, never>>): Privacy {
  const { visibility, joining, guest_list, guest_hint } = event
  return {
    visibility: visibility ?? OPEN_TO_ALL.visibility,
    joining: joining ?? OPEN_TO_ALL.joining,
    guest_list: guest_list ?? OPEN_TO_ALL.guest_list,
    guest_hint: guest_hint ?? OPEN_TO_ALL.guest_hint,
  }
}

/** The settings of a draft without its other fields. */
export function privacyIn({ visibility, joining, guest_list, guest_hint }: Privacy): Privacy {
  return { visibility, joining, guest_list, guest_hint }
}

/** The settings as an item has them: without those that are open to all. */
export function privacyMarks(privacy: Privacy): Pick<EventItem, Setting & keyof EventItem> {
  const marks = Object.entries(privacyIn(privacy)).filter(([name, value]) => OPEN_TO_ALL[name as Setting] !== value)
  return Object.fromEntries(marks)
}

/** True for a setting that only counts where another hides the guests. */
export function isMoot(name: Setting, { guest_list }: Privacy): boolean {
  return name === 'guest_hint' && guest_list === 'everyone'
}

/** The name of a choice: `By request`. */
export function choiceLabel(name: Setting, value: string): string {
  return choiceOf(name, value)?.label ?? value
}

/** All choices in one line: `Public, by request, only hosts see the guests`. */
export function privacySummary(privacy: Privacy): string {
  return (Object.keys(GROUPS) as Setting[])
    .filter((name) => !isMoot(name, privacy))
    .map((name) => choiceOf(name, privacy[name])?.summary ?? '')
    .filter(Boolean)
    .join(', ')
}

function choiceOf(name: Setting, value: string): Choice | undefined {
  return (GROUPS[name].choices as readonly Choice[]).find((choice) => choice.value === value)
}
