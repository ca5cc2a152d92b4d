import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { addressOf } from '@/base'

/** An event, as the dialog that shares it needs it. */
export interface Shared {
  id: string
  title: string
  /** True if the link alone opens nothing. */
  isPrivate: boolean
  /** True for a host, who may put the event on another page. */
  isHost: boolean
}

/** The short address of an event: short enough for a poster, and a small QR code. */
export function shortAddress(id: string): string {
  return new URL(addressOf(`/e/${id}`), location.origin).href
}

/** The event that the dialog shares. */
export const useSharing = defineStore('sharing', () => {
  const shared = shallowRef<Shared | null>(null)

  function open(event: Shared): void {
    shared.value = event
  }

  function close(): void {
    shared.value = null
  }

  return { shared, open, close }
})
