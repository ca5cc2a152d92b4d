/** Drafts that survive a reload and a closed tab: one for each event and person, in the browser's storage. */

import { addressOf } from '@/base'
import type { EventItem } from '@/live/generated'
import type { Draft } from '@/event-form/draft'
import { OPEN_TO_ALL } from '@/event-form/privacy'

/** A draft, and what it started from. */
export interface StoredDraft {
  draft: Draft
  /** The event as it was when the draft began; null for a new event. */
  base: EventItem | null
  /** When it was last changed, in ms since 1970. */
  at: number
}

/** The fields that drafts of earlier versions lack, of events that were open to all and had times. */
const ADDED_FIELDS = { ...OPEN_TO_ALL, allDay: false }

const PREFIX = 'turnout.draft'
/** Nobody goes on with a draft after a month. */
const KEPT_MS = 30 * 86_400_000

/** The key of a draft of `person` (null for a visitor), of an event (null for a new one). */
export function draftKey(person: string | null, event: string | null): string {
  return `${instancePrefix()}${person ?? ''}:${event ?? ''}`
}

/** Instances below several paths of one host share the storage. */
function instancePrefix(): string {
  return `${PREFIX}:${addressOf('/')}:`
}

/** Stores a draft; false if the browser keeps nothing. */
export function storeDraft(key: string, stored: StoredDraft): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(stored))
    return true
  } catch {
    return false // blocked, or full
  }
}

/** Forgets a draft. */
export function dropDraft(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {
    // Blocked: there is none.
  }
}

/** The stored draft; null if there is none that this version can read. `blank` has the fields and their types. */
export function loadDraft(key: string, blank: Draft, now: number): StoredDraft | null {
  try {
    dropDeadDrafts(key, now)
    const stored = parse(localStorage.getItem(key))
    if (!stored) return null
    const draft = { ...ADDED_FIELDS, ...stored.draft }
    return hasFields(draft, blank) ? { ...stored, draft } : null
  } catch {
    return null // blocked
  }
}

/** The stored text as a draft; null if it is none. */
function parse(text: string | null): StoredDraft | null {
  try {
    const stored = JSON.parse(text ?? 'null') as Partial<StoredDraft> | null
    return typeof stored?.draft === 'object' && typeof stored.at === 'number' ? (stored as StoredDraft) : null
  } catch {
    return null
  }
}

function hasFields(draft: object, blank: Draft): draft is Draft {
  return Object.entries(blank).every(([name, value]) => {
    const found: unknown = (draft as Record<string, unknown>)[name]
    return typeof found === typeof value && Array.isArray(found) === Array.isArray(value)
  })
}

/** Drops old drafts, and those of guests who signed out: nobody comes back as the same guest. */
function dropDeadDrafts(key: string, now: number): void {
  const instance = instancePrefix()
  const owner = ownerOf(key, instance)
  for (const each of Object.keys(localStorage).filter((name) => name.startsWith(instance))) {
    const stored = parse(localStorage.getItem(each))
    const isReachable = ['', owner].includes(ownerOf(each, instance))
    if (!stored || stored.at < now - KEPT_MS || !isReachable) localStorage.removeItem(each)
  }
}

function ownerOf(key: string, instance: string): string {
  return key.slice(instance.length).split(':', 1)[0] ?? ''
}
