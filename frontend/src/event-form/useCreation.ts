import { useRouter } from 'vue-router'
import { api } from '@/api/api'
import { write } from '@/api/write'
import { useSharing } from '@/sharing/sharing'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { bodyOf, type Draft } from './draft'
import type { KeptDraft } from '@/event-form/kept-drafts/useKeptDraft'
import { noteZone } from '@/event-form/times/usedZones'

/** Creates the event of a draft, forgets the draft, and opens the page of the event in place of the form. */
export function useCreation(kept: KeptDraft): (draft: Draft) => Promise<void> {
  const notices = useNotices()
  const router = useRouter()
  const sharing = useSharing()
  return async (draft) => {
    const body = bodyOf(draft)
    const { data } = await write(() => api.createEvent({ body }))
    kept.finish()
    noteZone(draft.zone)
    void router.replace({ name: 'event', params: { id: data.id } })
    const shared = { id: data.id, title: data.title, isPrivate: body.visibility === 'private', isHost: true }
    notices.show(`${isolate(data.title)} is live.`, { label: 'Share', run: () => sharing.open(shared) })
  }
}
