import { api } from '@/api/api'
import { write } from '@/api/write'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { useSession } from './session'

/** Changes the person's name, which all pages then show. */
export function useRename() {
  const session = useSession()
  const notices = useNotices()

  /** @throws Rejection */
  async function rename(name: string): Promise<void> {
    const { data } = await write(() => api.rename({ body: { name } }))
    session.setPerson(data.user)
    notices.show(`You're ${isolate(data.user.name)} now.`)
  }

  return { rename }
}
