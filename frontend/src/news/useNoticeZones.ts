import { useSession } from '@/session/session'
import { viewerZone } from '@/time/zones'
import type { Zones } from './changedFacts'

/** The zones by which the times of an event of the person are told; that of the event is known while it is theirs. */
export function useNoticeZones(): (event: string) => Zones {
  const session = useSession()
  const viewer = viewerZone()
  return (event) => {
    const card = session.me.items.find((item) => item.kind === 'card' && item.id === event)
    return { event: card?.kind === 'card' ? card.zone : null, viewer }
  }
}
