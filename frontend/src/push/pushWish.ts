/** Remembers whose notices this browser shall show, because a subscription ends with the session that made it. */

import { addressOf } from '@/base'

function key(): string {
  return `turnout.push ${addressOf('/')}`
}

/** True if this person has switched push on in this browser. */
export function isPushWanted(person: string): boolean {
  try {
    return localStorage.getItem(key()) === person
  } catch {
    return false // the browser keeps nothing for this site
  }
}

/** Remembers the person; null for nobody. */
export function setPushWish(person: string | null): void {
  try {
    if (person === null) localStorage.removeItem(key())
    else localStorage.setItem(key(), person)
  } catch {
    // Without a store, push ends with the session.
  }
}
