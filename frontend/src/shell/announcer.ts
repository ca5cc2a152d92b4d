import { defineStore } from 'pinia'
import { ref } from 'vue'

/** News of others are gathered this long before they are said, so that a full house is one sentence. */
export const GATHER_MS = 4_000

/** The number of people who joined an event. */
type News = Map<string, { title: string; joined: number }>

/** The text of the one polite live region: own results at once, news of others in batches. */
export const useAnnouncer = defineStore('announcer', () => {
  const said = ref('')
  let news: News = new Map()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Says something now. */
  function say(text: string): void {
    // The same words again would be no change, and so be silent: a no-break space makes them one.
    said.value = said.value === text ? `${text}\u00a0` : text
  }

  /** Takes note that people joined an event. */
  function joined(event: string, title: string, people: number): void {
    news.set(event, { title, joined: (news.get(event)?.joined ?? 0) + people })
    timer ??= setTimeout(() => {
      say(sentence(news))
      news = new Map()
      timer = undefined
    }, GATHER_MS)
  }

  return { said, say, joined }
})

/** `3 people joined Board games`, or `12 people joined 4 events`. */
export function sentence(news: News): string {
  const all = [...news.values()]
  const joined = all.reduce((sum, each) => sum + each.joined, 0)
  const people = joined === 1 ? '1 person' : `${String(joined)} people`
  const [only] = all
  return all.length === 1 && only ? `${people} joined ${only.title}` : `${people} joined ${String(all.length)} events`
}
