import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { eventAddress } from '@/live/addresses'
import { useLive } from '@/live/browser'
import type { Fail } from '@/live/generated'
import { invitationIn } from './invitationLink'

/** The invitation with which an event's page was opened. */
export interface OpenInvitation {
  /** Its code until it is accepted or put aside; null without one. */
  code: ShallowRef<string | null>
  /** True after it was accepted, until the event has loaded. */
  isOpening: ComputedRef<boolean>
  /** It was accepted: the event, if it was refused so far, is asked for again. */
  onAccepted: () => void
  putAside: () => void
}

/** Takes the code out of the address bar: neither the history nor a copied address has it then. */
export function useInvitation(event: () => string, fail: () => Fail | null): OpenInvitation {
  const live = useLive()
  const route = useRoute()
  const router = useRouter()
  const code = shallowRef<string | null>(null)
  const refusedBefore = shallowRef<Fail | null>(null)

  watch(
    () => route.hash,
    (hash) => {
      const found = invitationIn(hash)
      if (found === null) return
      code.value = found
      void router.replace({ query: route.query, hash: '' })
    },
    { immediate: true },
  )

  return {
    code,
    isOpening: computed(() => refusedBefore.value !== null && fail() === refusedBefore.value),
    onAccepted: () => {
      code.value = null
      refusedBefore.value = fail()
      if (refusedBefore.value) live.watchAgain(eventAddress(event()))
    },
    putAside: () => void (code.value = null),
  }
}
