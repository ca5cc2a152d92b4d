import { watchDebounced } from '@vueuse/core'
import { watch } from 'vue'
import { useRouter } from 'vue-router'
import type { NoticeItem } from '@/live/generated'
import { useAnnouncer } from '@/shell/announcer'
import { markDocumentTitle } from '@/shell/documentTitle'
import { useNotices } from '@/shell/notices'
import { useInbox } from './inbox'
import { noticeText } from './noticeWords'
import { zonesOf } from './noticeZones'

/** Toasts at a time; one more sums up the rest. */
export const TOASTS_MAX = 2
/** The wait before notices are shown, in ms: a page that shows them itself has loaded by then. */
export const SETTLE_MS = 1_000
/** The longest wait while more and more comes, in ms. */
const SETTLE_MAX_MS = 3_000

const REST = 'news-rest'

/** Shows the unread notices on every page: at its lower edge, in the live region, and as a number in its title. */
export function useNoticeToasts(): void {
  const inbox = useInbox()
  const toasts = useNotices()
  const announcer = useAnnouncer()
  const router = useRouter()
  let shown: readonly string[] = []
  let marked = 0

  // Notices that are seen, here or on another device, go at once.
  watch(() => inbox.unread, removeSeen)
  watchDebounced(() => inbox.unread, show, { debounce: SETTLE_MS, maxWait: SETTLE_MAX_MS, immediate: true })

  function removeSeen(unread: readonly NoticeItem[]): void {
    const keys = keysOf(unread)
    for (const key of shown) if (!keys.includes(key)) toasts.remove(key)
    shown = shown.filter((key) => keys.includes(key))
    mark(Math.min(marked, unread.length))
  }

  function show(unread: readonly NoticeItem[]): void {
    removeSeen(unread)
    shown = keysOf(unread)
    const texts = [...unread.slice(0, TOASTS_MAX).map(showOne), ...showRest(unread.slice(TOASTS_MAX))]
    const fresh = texts.filter((text) => text !== null).join(' ')
    if (fresh !== '') announcer.announce(fresh)
    mark(unread.length)
  }

  function mark(count: number): void {
    marked = count
    markDocumentTitle(count)
  }

  /** The text, if it is new. */
  function showOne(notice: NoticeItem): string | null {
    const { event: id, what } = notice
    const text = noticeText(notice, zonesOf(notice))
    const run = (): void => void router.push({ name: 'event', params: { id } })
    const action = what === 'deleted' ? null : { label: 'See event', run }
    return toasts.put(keyOf(notice), text, action, () => inbox.see([notice])) ? text : null
  }

  function showRest(rest: readonly NoticeItem[]): (string | null)[] {
    if (rest.length === 0) return []
    const text = rest.length === 1 ? '1 more notice.' : `${String(rest.length)} more notices.`
    const run = (): void => void router.push({ name: 'notices' })
    return [toasts.put(REST, text, { label: 'See all', run }, () => inbox.see(rest)) ? text : null]
  }
}

function keysOf(unread: readonly NoticeItem[]): string[] {
  return [...unread.slice(0, TOASTS_MAX).map(keyOf), ...(unread.length > TOASTS_MAX ? [REST] : [])]
}

function keyOf({ id }: NoticeItem): string {
  return `news-${id}`
}
