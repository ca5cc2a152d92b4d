import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { api } from '@/api/api'
import { Rejection } from '@/api/rejection'
import { write } from '@/api/write'
import type { ReportItem } from '@/live/generated'
import type { Act } from './acts'

/** An act that waits for its reason. */
export interface PendingAct {
  act: Act
  report: ReportItem
}

/** The acts of moderators: each asks for a reason, which the audit keeps. */
export interface Moderation {
  pending: ShallowRef<PendingAct | null>
  isSaving: Ref<boolean>
  /** Why the last attempt was refused; empty if none was. */
  refusal: Ref<string>
  start: (act: Act, report: ReportItem) => void
  send: (reason: string) => Promise<void>
}

export function useModeration(): Moderation {
  const pending = shallowRef<PendingAct | null>(null)
  const isSaving = ref(false)
  const refusal = ref('')

  function start(act: Act, report: ReportItem): void {
    refusal.value = ''
    pending.value = { act, report }
  }

  async function send(reason: string): Promise<void> {
    if (pending.value === null) return
    isSaving.value = true
    refusal.value = ''
    try {
      await perform(pending.value, reason)
      pending.value = null
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      refusal.value = error.fields.get('reason') ?? error.detail
    } finally {
      isSaving.value = false
    }
  }

  return { pending, isSaving, refusal, start, send }
}

/** @throws Rejection */
async function perform({ act, report }: PendingAct, reason: string): Promise<void> {
  const [event, user, body] = [{ event: report.about }, { user: report.about }, { reason }]
  const calls: Record<Act, () => Promise<unknown>> = {
    hide: () => write(() => api.hideEvent({ path: event, body })),
    restore: () => write(() => api.restoreEvent({ path: event, body })),
    delete: () => write(() => api.takeDownEvent({ path: event, body })),
    block: () => write(() => api.blockPerson({ path: user, body })),
    unblock: () => write(() => api.unblockPerson({ path: user, body })),
    close: () => write(() => api.closeReport({ path: { report: report.id }, body })),
  }
  await calls[act]()
}
