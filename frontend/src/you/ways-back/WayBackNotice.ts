import { defineComponent, onScopeDispose } from 'vue'
import { useRouter } from 'vue-router'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'
import { useNotices } from '@/shell/notices'

const KEY = 'way-back'
const TEXT = 'If you lose this device or its cookies, you lose your seat. Keep a way back.'

/** Offers a way back on a list, where a card would move the events. It has no element of its own. */
export default defineComponent({
  setup() {
    const session = useSession()
    const notices = useNotices()
    const router = useRouter()
    const end = (): void => void (session.isNew = false)
    notices.put(KEY, TEXT, { label: 'Show how', run: () => void router.push({ name: 'you' }) }, end)
    useAnnouncer().announce(TEXT)
    onScopeDispose(() => {
      notices.remove(KEY)
      end()
    })
    return () => null
  },
})
