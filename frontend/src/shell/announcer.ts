import { defineStore } from 'pinia'
import { ref } from 'vue'
import { isolate } from '@/text/isolation'
import { formatCount, formatNumber } from '@/text/numbers'

/** Joins of other people are collected for this time, in ms, so that a rush is one sentence. */
export const BATCH_MS = 4_000

/** The number of people who joined an event. */
type Joins = Map<string, { title: string; joined: number }>

/** The text of the page's polite live region: the viewer's own results at once, joins of others in batches. */
export const useAnnouncer = defineStore('announcer', () => {
  const text = ref('')
  let joins: Joins = new Map()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Announces a text at once. */
  function announce(next: string): void {
    // A repeated text would not change the region and so be silent. A no-break space makes it a change.
    text.value = text.value === next ? `${next}\u00a0` : next
  }

  /** Adds joins of an event to the next batch. */
  function addJoins(event: string, title: string, people: number): void {
    joins.set(event, { title, joined: (joins.get(event)?.joined ?? 0) + people })
    timer ??= setTimeout(() => {
      announce(joinWords(joins))
      joins = new Map()
      timer = undefined
    }, BATCH_MS)
  }

  return { text, announce, addJoins }
})

/** `3 people joined Board games`, or `12 people joined 4 events`. */
export function joinWords(joins: Joins): string {
  const all = [...joins.values()]
  const joined = all.reduce((sum, each) => sum + each.joined, 0)
  const people = formatCount(joined, 'person', 'people')
  const [only] = all
  return all.length === 1 && only
    ? `${people} joined ${isolate(only.title)}`
    : `${people} joined ${formatNumber(all.length)} events`
}
