import type { NoticeItem } from '@/live/generated'

/**
 * The id of the newest unread notice that can be marked as read: with it, all older ones are, so none of these may be
 * unseen. One mark holds for all notices of a commit, which is their `rank`. Null if there is nothing to mark.
 *
 * @param notices the newest first
 */
export function seenUntil(
  notices: readonly Pick<NoticeItem, 'id' | 'rank' | 'read'>[],
  seen: ReadonlySet<string>,
): string | null {
  const unread = notices.filter(({ read }) => !read)
  const unseen = unread.findLast(({ id }) => !seen.has(id))?.rank ?? Infinity
  return unread.find(({ rank }) => rank < unseen)?.id ?? null
}
