import { shallowRef, type ShallowRef } from 'vue'
import { api } from '@/api/api'
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
  start: (act: Act, report: ReportItem) => void
  /** Performs the pending act. @throws Rejection */
  send: (reason: string) => Promise<void>
}

export function useModeration(): Moderation {
  const pending = shallowRef<PendingAct | null>(null)

  function start(act: Act, report: ReportItem): void {
    pending.value = { act, report }
  }

  async function send(reason: string): Promise<void> {
    if (pending.value === null) return
    await perform(pending.value, reason)
    pending.value = null
  }

  return { pending, start, send }
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
