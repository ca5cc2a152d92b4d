import type { NoticeItem } from '@/live/generated'
import { viewerZone } from '@/time/zones'
import type { Zones } from './changedFacts'

/** The zones of the times in a notice. The zone of the event is null if the person may not see the event. */
export function zonesOf({ zone }: Pick<NoticeItem, 'zone'>): Zones {
  return { event: zone ?? null, viewer: viewerZone() }
}
