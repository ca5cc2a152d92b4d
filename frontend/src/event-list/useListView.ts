import { useView, type ShownView } from '@/live/useView'
import { useSession } from '@/session/session'
import { isMine, type When } from './useEventsQuery'

/** Watches a view of a list, or of its tags or days (null for none). The viewer's own events are none for a visitor. */
export function useListView(when: () => When, address: () => string | null): ShownView {
  const session = useSession()
  return useView(() => (isMine(when()) && !session.person ? null : address()))
}
