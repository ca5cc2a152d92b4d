import { addressOf } from '@/base'
import { EMPTY, type Memory } from './memory'

/** The key of a person's memory: several instances may share a host. */
export function memoryKey(person: string): string {
  return `${prefix()}${person}`
}

function prefix(): string {
  return `turnout.news ${addressOf('/')} `
}

/** Forgets the memories of all people but the one who is signed in; null for nobody. Nobody comes back as they were. */
export function forgetOthers(person: string | null): void {
  try {
    const kept = person === null ? null : memoryKey(person)
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix()) && key !== kept)
    for (const key of keys) localStorage.removeItem(key)
  } catch {
    // The browser keeps nothing for this site.
  }
}

/** The stored memory; an empty one if there is none. */
export function loadMemory(key: string): Memory {
  try {
    return parseMemory(localStorage.getItem(key))
  } catch {
    return EMPTY // the browser keeps nothing for this site
  }
}

/** Stores a memory, if the browser keeps something for this site. */
export function saveMemory(key: string, memory: Memory): void {
  try {
    localStorage.setItem(key, JSON.stringify(memory))
  } catch {
    // Without a store, the news are those of this visit.
  }
}

/** A memory from its stored text; an empty one where that is none. */
export function parseMemory(text: string | null): Memory {
  try {
    const memory: unknown = JSON.parse(text ?? 'null')
    const isMemory = typeof memory === 'object' && memory !== null && 'events' in memory && 'writes' in memory
    return isMemory ? (memory as Memory) : EMPTY
  } catch {
    return EMPTY
  }
}
