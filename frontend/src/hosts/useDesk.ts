import { computed, type ComputedRef } from 'vue'
import { deskAddress } from '@/live/addresses'
import type { InvitationItem, KeptOutItem, RequestItem, WebhookItem } from '@/live/generated'
import { useView } from '@/live/useView'

/** The facts of an event that only its hosts see. */
export interface Desk {
  requests: ComputedRef<readonly RequestItem[]>
  invitations: ComputedRef<readonly InvitationItem[]>
  keptOut: ComputedRef<readonly KeptOutItem[]>
  webhooks: ComputedRef<readonly WebhookItem[]>
  /** The notes about people, by their id. */
  notes: ComputedRef<ReadonlyMap<string, string>>
}

/** Watches the desk of an event; null while the viewer is no host. */
export function useDesk(event: () => string | null): Desk {
  const view = useView(() => {
    const id = event()
    return id === null ? null : deskAddress(id)
  })
  const items = computed(() => (view.fail.value ? [] : view.items.value))
  return {
    requests: computed(() => items.value.filter((item) => item.kind === 'request')),
    invitations: computed(() => items.value.filter((item) => item.kind === 'invitation')),
    keptOut: computed(() => items.value.filter((item) => item.kind === 'kept-out')),
    webhooks: computed(() => items.value.filter((item) => item.kind === 'webhook')),
    notes: computed(
      () => new Map(items.value.filter((item) => item.kind === 'note').map(({ user, text }) => [user.id, text])),
    ),
  }
}
