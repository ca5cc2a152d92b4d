import type { OwnCounts } from '@/session/ownCounts'
import { isolate } from '@/text/isolation'
import { formatCount } from '@/text/numbers'

/** `Bring Ada's 2 events and 3 seats along?`; null if there is nothing to bring. */
export function bringWords(name: string, { organizes, attends }: OwnCounts): string | null {
  const what = [
    ...(organizes > 0 ? [formatCount(organizes, 'event')] : []),
    ...(attends > 0 ? [formatCount(attends, 'seat')] : []),
  ]
  return what.length === 0 ? null : `Bring ${isolate(name)}'s ${what.join(' and ')} along?`
}
