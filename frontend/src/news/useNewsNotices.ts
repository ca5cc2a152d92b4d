import { watchDebounced } from '@vueuse/core'
import { watch } from 'vue'
import { useRouter } from 'vue-router'
import { useAnnouncer } from '@/shell/announcer'
import { markDocumentTitle } from '@/shell/documentTitle'
import { useNotices } from '@/shell/notices'
import { viewerZone } from '@/time/zones'
import type { News } from './memory'
import { newsText } from './newsWords'
import { useNews } from './useNews'

/** Notices at a time; one more sums up the rest. */
export const NEWS_MAX = 2
/** The wait before news are shown, in ms: the person's own action in another tab is known by then. */
export const SETTLE_MS = 1_000
/** The longest wait while more and more comes, in ms. */
const SETTLE_MAX_MS = 3_000

const REST = 'news-rest'

/** Shows the news on every page: as notices, in the live region, and as a number in the title of the document. */
export function useNewsNotices(): void {
  const store = useNews()
  const notices = useNotices()
  const announcer = useAnnouncer()
  const router = useRouter()
  const zone = viewerZone()
  let shown: readonly string[] = []
  let marked = 0

  // News that are seen go at once; new ones may turn out to be the person's own doing.
  watch(() => store.news, removeSeen)
  watchDebounced(() => store.news, show, { debounce: SETTLE_MS, maxWait: SETTLE_MAX_MS, immediate: true })
  // On the event's own page there is no notice, because the page shows it.
  watchDebounced(
    () => (store.openNews ? newsText(store.openNews, zone) : ''),
    (text) => text && announcer.announce(text),
    { debounce: SETTLE_MS },
  )

  function removeSeen(news: readonly News[]): void {
    const keys = keysOf(news)
    for (const key of shown) if (!keys.includes(key)) notices.remove(key)
    shown = shown.filter((key) => keys.includes(key))
    mark(Math.min(marked, news.length))
  }

  function show(news: readonly News[]): void {
    removeSeen(news)
    shown = keysOf(news)
    const texts = [...news.slice(0, NEWS_MAX).map(showOne), ...showRest(news.slice(NEWS_MAX))]
    const fresh = texts.filter((text) => text !== null).join(' ')
    if (fresh !== '') announcer.announce(fresh)
    mark(news.length)
  }

  function mark(count: number): void {
    marked = count
    markDocumentTitle(count)
  }

  /** The text, if it is new. */
  function showOne(news: News): string | null {
    const { id } = news.before
    const text = newsText(news, zone)
    const isDeleted = news.changes.some(({ is }) => is === 'deleted')
    const run = (): void => void router.push({ name: 'event', params: { id } })
    const action = isDeleted ? null : { label: 'See event', run }
    return notices.put(keyOf(news), text, action, () => store.see(id)) ? text : null
  }

  function showRest(rest: readonly News[]): (string | null)[] {
    if (rest.length === 0) return []
    const text = `${String(rest.length)} more of your events changed.`
    const seeAll = (): void => rest.forEach(({ before }) => store.see(before.id))
    const run = (): void => {
      seeAll()
      void router.push({ name: 'events', query: { when: 'mine' } })
    }
    return [notices.put(REST, text, { label: 'My events', run }, seeAll) ? text : null]
  }
}

function keysOf(news: readonly News[]): string[] {
  return [...news.slice(0, NEWS_MAX).map(keyOf), ...(news.length > NEWS_MAX ? [REST] : [])]
}

function keyOf({ before }: News): string {
  return `news-${before.id}`
}
