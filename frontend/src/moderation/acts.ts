/** The acts of moderators about a report, and their words. Pure. */

import type { AuditItem, ReportItem } from '@/live/generated'
import { isolate } from '@/text/isolation'

export type Act = 'hide' | 'restore' | 'delete' | 'block' | 'unblock' | 'close'

/** The words of an act. */
export interface ActWords {
  label: string
  title: string
  text: string
}

/** The acts that a report offers; the last one closes it. */
export function actsFor({ target, withdrawn }: Pick<ReportItem, 'target' | 'withdrawn'>): readonly Act[] {
  if (target === 'person') return [withdrawn ? 'unblock' : 'block', 'close']
  return [withdrawn ? 'restore' : 'hide', 'delete', 'close']
}

const WORDS: Record<Act, (name: string) => ActWords> = {
  hide: (name) => ({
    label: 'Hide event',
    title: `Hide ${name}?`,
    text: 'Only its hosts and the moderators see it then. You can restore it.',
  }),
  restore: (name) => ({ label: 'Restore event', title: `Restore ${name}?`, text: 'It is seen as before.' }),
  delete: (name) => ({
    label: 'Take down',
    title: `Take ${name} down?`,
    text: "It vanishes for everyone. You can't undo this.",
  }),
  block: (name) => ({
    label: 'Block person',
    title: `Block ${name}?`,
    text: 'They see what a visitor sees, and can do nothing. You can unblock them.',
  }),
  unblock: (name) => ({ label: 'Unblock person', title: `Unblock ${name}?`, text: 'They can do all that they could.' }),
  close: (name) => ({
    label: 'Close report',
    title: `Close the report about ${name}?`,
    text: 'It leaves the queue. The event or person stays as they are.',
  }),
}

/** The words of an act about an event or a person with this title or name. */
export function actWords(act: Act, label: string): ActWords {
  return WORDS[act](label === '' ? 'what is gone' : isolate(label))
}

const DONE: Record<string, string> = {
  hide: 'hid',
  restore: 'restored',
  delete: 'took down',
  block: 'blocked',
  unblock: 'unblocked',
  close: 'closed a report about',
  cancel: 'called off',
  rename: 'renamed',
  remove: 'erased',
  'add-moderator': 'made a moderator of',
  'remove-moderator': 'no longer lets moderate',
}

/** `Mo hid Board games`. */
export function auditWords({ by, action, label }: Pick<AuditItem, 'by' | 'action' | 'label'>): string {
  const who = by.id === '' ? 'The operator' : by.name === '' ? 'A former moderator' : isolate(by.name)
  return `${who} ${DONE[action] ?? action} ${label === '' ? 'what is gone' : isolate(label)}`
}
