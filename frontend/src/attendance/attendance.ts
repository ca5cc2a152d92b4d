import { defineStore } from 'pinia'
import { computed, shallowReactive, watch } from 'vue'
import { api } from '@/api/api'
import type { AttendeeItem } from '@/api/generated'
import { Rejection } from '@/api/rejection'
import { write, type WriteResult } from '@/api/write'
import { attendanceOf, useWriteKeys } from '@/api/writeKeys'
import type { Card, EventItem, MineItem } from '@/live/generated'
import { outcomeOf } from '@/seats/capacity'
import { useSession, type Reason } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'
import { isolate } from '@/text/isolation'
import { lostRace, refusalOf, refusalWords, type Refusal } from './refusal'
import { NOT_ATTENDING, standingOf, type AttendanceAction, type ConfirmedStanding, type Standing } from './standing'
import { waitForPlace } from './waitForPlace'

/** An event as a list or its own page shows it. */
export type ShownEvent = Card | EventItem

/**
 * Joining, leaving and changing seats. An action shows at once as pending; a refused one is rolled back with its reason.
 * A seat is never shown before the server confirmed it.
 */
export const useAttendance = defineStore('attendance', () => {
  const session = useSession()
  const announcer = useAnnouncer()
  const writeKeys = useWriteKeys()
  /** The events with an action that has not ended; it may still wait for a name. */
  const startedEvents = new Set<string>()
  /** The events whose last action failed, possibly without an answer. */
  const failedEvents = new Set<string>()
  const pendingActions = shallowReactive(new Map<string, AttendanceAction>())
  const refusals = shallowReactive(new Map<string, Refusal>())
  const confirmed = shallowReactive(new Map<string, ConfirmedStanding>())

  const mine = computed(() => {
    const items = session.me.items.filter((item): item is MineItem => item.kind === 'mine')
    return new Map(items.map((item) => [item.event, item]))
  })

  watch(
    () => session.me.at,
    () => {
      // The page shows what became of a write without an answer, so the same action from here on is another write: after a
      // leave in another tab, a second join must not get the answer of the first.
      for (const event of failedEvents) {
        if (startedEvents.has(event)) continue
        writeKeys.release(attendanceOf(event))
        failedEvents.delete(event)
      }
    },
  )

  /** The signed-in person's attendance of an event; reactive. */
  function standing(event: string): Standing {
    return session.person ? standingOf(mine.value.get(event), session.me.at, confirmed.get(event)) : NOT_ATTENDING
  }

  async function perform(
    event: ShownEvent,
    reason: Reason,
    action: AttendanceAction,
    call: () => Promise<void>,
  ): Promise<boolean> {
    if (startedEvents.has(event.id)) return false
    startedEvents.add(event.id)
    refusals.delete(event.id)
    try {
      return await session.act(reason, async () => {
        pendingActions.set(event.id, action)
        await call().finally(() => pendingActions.delete(event.id))
      })
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      failedEvents.add(event.id)
      const refusal = refusalOf(error, action, standing(event.id))
      refusals.set(event.id, refusal)
      announcer.announce(refusal.detail)
      return false
    } finally {
      startedEvents.delete(event.id)
    }
  }

  function confirm(event: ShownEvent, { data, position }: WriteResult<AttendeeItem>): void {
    confirmed.set(event.id, { standing: { status: data.status, party: data.party, ahead: null }, position })
    announcer.announce(
      data.status === 'going'
        ? `You're going to ${isolate(event.title)}.`
        : `You're on the waitlist for ${isolate(event.title)}.`,
    )
  }

  /** Joins with a party. `offered` is true if the page offered seats, not a place on the waitlist. */
  function join(event: ShownEvent, party = 1, offered = outcomeOf(event, party) === 'seats'): Promise<boolean> {
    return perform(event, { action: 'Join', title: event.title }, { is: 'join', party }, async () => {
      const written = await write(() => api.joinEvent({ path: { event: event.id }, body: { party } }))
      confirm(event, written)
      if (offered && written.data.status === 'waitlisted') void reportLostRace(event.id, party)
    })
  }

  async function reportLostRace(event: string, party: number): Promise<void> {
    const refusal = lostRace(party)
    refusals.set(event, refusal)
    await waitForPlace(() => standing(event))
    announcer.announce(refusalWords(refusal, standing(event)))
  }

  /** Changes the size of the viewer's party. */
  function resize(event: ShownEvent, party: number): Promise<boolean> {
    return perform(event, { action: 'Change seats', title: event.title }, { is: 'resize', party }, async () => {
      confirm(event, await write(() => api.changeParty({ path: { event: event.id }, body: { party } })))
    })
  }

  /** Gives up the seats or the place on the waitlist. */
  function unattend(event: ShownEvent): Promise<boolean> {
    return perform(event, { action: "Can't make it", title: event.title }, { is: 'unattend' }, async () => {
      const { position } = await write(() => api.unattendEvent({ path: { event: event.id } }))
      confirmed.set(event.id, { standing: NOT_ATTENDING, position })
    })
  }

  /** Drops the last refusal, because it is obsolete or no longer on the screen. */
  function clearRefusal(event: string): void {
    refusals.delete(event)
  }

  return { pendingActions, refusals, standing, mine, join, resize, unattend, clearRefusal }
})
