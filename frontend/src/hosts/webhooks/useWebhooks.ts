import { shallowRef, type ShallowRef } from 'vue'
import { api } from '@/api/api'
import { rejectionOf } from '@/api/rejection'
import { write } from '@/api/write'
import { useNotices } from '@/shell/notices'
import { useAttempt, type Attempt } from '@/shell/useAttempt'

/** Adding webhooks to an event. */
export interface Webhooks extends Omit<Attempt, 'attempt'> {
  /** The most that an event may have; 0 if the operator has switched webhooks off, null while it is not known. */
  maximum: ShallowRef<number | null>
  /** The secrets of those that were added here, by their id. The server cannot tell them again. */
  secrets: ShallowRef<ReadonlyMap<string, string>>
  /** Adds a webhook. True if that succeeded. */
  add: (url: string) => Promise<boolean>
}

export function useWebhooks(event: () => string): Webhooks {
  const notices = useNotices()
  const { problem, isBusy, attempt } = useAttempt(() => 'url')
  const maximum = shallowRef<number | null>(null)
  const secrets = shallowRef<ReadonlyMap<string, string>>(new Map())

  async function load(): Promise<void> {
    try {
      maximum.value = (await api.getWebhooks()).data.maximum
    } catch (error) {
      if (rejectionOf(error).code === 'webhooks-off') maximum.value = 0
    }
  }

  function add(url: string): Promise<boolean> {
    return attempt(async () => {
      const { data } = await write(() => api.addWebhook({ path: { event: event() }, body: { url } }))
      secrets.value = new Map([...secrets.value, [data.id, data.secret]])
      notices.show('The webhook is added. Copy its secret now.')
    })
  }

  void load()
  return { problem, isBusy, maximum, secrets, add }
}
