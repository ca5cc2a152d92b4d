import { defineStore } from 'pinia'
import { computed, reactive, watch } from 'vue'
import { api } from '@/api/api'
import { Rejection } from '@/api/rejection'
import { write } from '@/api/write'
import { useLive } from '@/live/browser'
import type { NoticeItem } from '@/live/generated'
import { NOTICES } from '@/live/liveViews'
import { parsePosition } from '@/live/position'
import { useView } from '@/live/useView'
import { useSession } from '@/session/session'
import { seenUntil } from './seenUntil'

/**
 * The notices of the signed-in person, live. A page that has shown a notice tells that with `see`: it is not unread here
 * any more, and the server marks it as read on all devices as soon as no older one is unread.
 */
export const useInbox = defineStore('inbox', () => {
  const session = useSession()
  const live = useLive()
  const view = useView(() => (session.person ? NOTICES : null))
  const seen = reactive(new Set<string>())

  /** The newest first. */
  const notices = computed(() => view.items.value.filter((item) => item.kind === 'notice'))
  const unread = computed<readonly NoticeItem[]>(() => notices.value.filter(({ id, read }) => !read && !seen.has(id)))
  const isLoading = computed(() => view.at.value === null && view.fail.value === null)

  // Ids are those of one person in one epoch.
  watch(
    () => `${session.person?.id ?? ''} ${parsePosition(view.at.value)?.epoch ?? ''}`,
    () => seen.clear(),
    { flush: 'sync' },
  )
  watch([() => seenUntil(notices.value, seen), live.state] as const, ([until, state]) => {
    if (until !== null && state !== 'offline') void markRead(until)
  })

  /** Without an answer, the next notice or connection tries again. */
  async function markRead(until: string): Promise<void> {
    try {
      await write(() => api.readNotices({ body: { until } }))
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
    }
  }

  /** The person has seen these notices. */
  function see(shown: readonly NoticeItem[]): void {
    for (const { id } of shown) seen.add(id)
  }

  return { notices, unread, isLoading, see }
})
