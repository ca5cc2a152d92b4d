import { defineComponent, h } from 'vue'
import { isPushWanted } from '@/push/pushWish'
import { useSession } from '@/session/session'
import { optionalComponent } from '@/shell/optionalComponent'
import { forgetStoredNews } from './storedNews'
import { useNoticeToasts } from './useNoticeToasts'

const PushRenewal = optionalComponent(() => import('@/push/PushRenewal'))

/** Shows the notices on every page, and renews push. It has no element of its own: it is a component so that it loads after the first page. */
export default defineComponent({
  setup() {
    forgetStoredNews()
    useNoticeToasts()
    const session = useSession()
    return () => (session.person && isPushWanted(session.person.id) ? h(PushRenewal, { key: session.person.id }) : null)
  },
})
