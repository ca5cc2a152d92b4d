import type { NoticeItem } from '@/live/generated'
import { viewerZone } from '@/time/zones'
import type { Zones } from './changedFacts'

/** The zones by which the times in a notice are told; that of the event is known while the person may see it. */
export function zonesOf({ zone }: Pick<NoticeItem, 'zone'>): Zones {
  return { event: zone ?? null, viewer: viewerZone() }
}
