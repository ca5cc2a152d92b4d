import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'
import { changeParty, joinEvent, unattendEvent, type AttendeeItem } from '@/api/generated'
import { Rejection } from '@/api/rejection'
import { write, type Written } from '@/api/write'
import type { Card, EventItem, MineItem } from '@/live/generated'
import { outcomeOf } from '@/seats/capacity'
import { useSession, type Reason } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'
import { lostRace, refusalOf, refusalWords, type Refusal } from './refusal'
import { NOT_ATTENDING, standingOf, type Act, type Answered, type Standing } from './standing'
import { waitForPlace } from './waitForPlace'

/** The event being acted on, as a list or its page shows it. */
export type Shown = Card | EventItem

/**
 * Joining, leaving and changing seats. An action shows at once as pending; a refused one is rolled back with its reason.
 * A seat is never shown before the server gave it.
 */
export const useAttendance = defineStore('attending', () => {
  const session = useSession()
  const announcer = useAnnouncer()
  const pending = shallowReactive(new Map<string, Act>())
  const refused = shallowReactive(new Map<string, Refusal>())
  const answered = shallowReactive(new Map<string, Answered>())

  const mine = computed(() => {
    const items = session.me.items.filter((item): item is MineItem => item.kind === 'mine')
    return new Map(items.map((item) => [item.event, item]))
  })

  /** The signed-in person's attendance of an event; reactive. */
  function standing(event: string): Standing {
    return session.person ? standingOf(mine.value.get(event), session.me.at, answered.get(event)) : NOT_ATTENDING
  }

  async function act(event: Shown, asking: Reason, wanted: Act, call: () => Promise<void>): Promise<boolean> {
    if (pending.has(event.id)) return false
    refused.delete(event.id)
    try {
      if (!(await session.ensure(asking))) return false
      pending.set(event.id, wanted)
      await call()
      return true
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      return await failed(event, asking, wanted, call, error)
    } finally {
      pending.delete(event.id)
    }
  }

  async function failed(
    event: Shown,
    asking: Reason,
    wanted: Act,
    call: () => Promise<void>,
    rejection: Rejection,
  ): Promise<boolean> {
    if (rejection.code === 'signed-out') {
      // The name is asked again, and the action goes on.
      session.expired()
      pending.delete(event.id)
      return act(event, asking, wanted, call)
    }
    refused.set(event.id, refusalOf(rejection))
    announcer.say(rejection.detail)
    return false
  }

  function adopt(event: Shown, { data, position }: Written<AttendeeItem>): void {
    answered.set(event.id, { standing: { status: data.status, party: data.party, ahead: null }, position })
    announcer.say(
      data.status === 'going' ? `You're going to ${event.title}.` : `You're on the waitlist for ${event.title}.`,
    )
  }

  /** Joins with a party. `offered` says whether the page promised seats rather than a place on the waitlist. */
  function join(event: Shown, party = 1, offered = outcomeOf(event, party) === 'seats'): Promise<boolean> {
    return act(event, { action: 'Join', title: event.title }, { is: 'join', party }, async () => {
      const written = await write((headers) => joinEvent({ path: { event: event.id }, body: { party }, headers }))
      adopt(event, written)
      if (offered && written.data.status === 'waitlisted') void tellLostRace(event.id, party)
    })
  }

  async function tellLostRace(event: string, party: number): Promise<void> {
    const refusal = lostRace(party)
    refused.set(event, refusal)
    await waitForPlace(() => standing(event))
    announcer.say(refusalWords(refusal, standing(event)))
  }

  /** Changes the size of the viewer's party. */
  function resize(event: Shown, party: number): Promise<boolean> {
    return act(event, { action: 'Change seats', title: event.title }, { is: 'resize', party }, async () => {
      adopt(event, await write((headers) => changeParty({ path: { event: event.id }, body: { party }, headers })))
    })
  }

  /** Gives up the seats or the place on the waitlist. */
  function unattend(event: Shown): Promise<boolean> {
    return act(event, { action: "Can't make it", title: event.title }, { is: 'unattend' }, async () => {
      const { position } = await write((headers) => unattendEvent({ path: { event: event.id }, headers }))
      answered.set(event.id, { standing: NOT_ATTENDING, position })
    })
  }

  /** Drops the last refusal: its reason no longer holds, or it is no longer on the screen. */
  function forget(event: string): void {
    refused.delete(event)
  }

  return { pending, refused, standing, mine, join, resize, unattend, forget }
})
