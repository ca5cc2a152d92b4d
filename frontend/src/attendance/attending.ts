import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'
import { changeParty, joinEvent, unattendEvent, type AttendeeItem } from '@/api/generated'
import { Rejection } from '@/api/rejection'
import { write, type Written } from '@/api/write'
import { landing } from '@/event-page/answer'
import type { Card, EventItem, MineItem } from '@/live/generated'
import { useSession } from '@/session/session'
import { useAnnouncer } from '@/shell/announcer'
import { placed } from './placed'
import { missed, refusalOf, refusalWords, type Refusal } from './refusal'
import { APART, standingOf, type Act, type Settled, type Standing } from './standing'

/** The event that somebody acts on, as a list or its page shows it. */
export type Shown = Card | EventItem

/**
 * Joining and unattending. What is asked shows at once as pending; what is refused rolls back with its reason. A seat
 * is never shown before the server gave it.
 */
export const useAttending = defineStore('attending', () => {
  const session = useSession()
  const announcer = useAnnouncer()
  const pending = shallowReactive(new Map<string, Act>())
  const refused = shallowReactive(new Map<string, Refusal>())
  const settled = shallowReactive(new Map<string, Settled>())

  const mine = computed(() => {
    const items = session.me.items.filter((item): item is MineItem => item.kind === 'mine')
    return new Map(items.map((item) => [item.event, item]))
  })

  /** How the signed-in person stands to an event; reactive. */
  function standing(event: string): Standing {
    return session.person ? standingOf(mine.value.get(event), session.me.at, settled.get(event)) : APART
  }

  async function act(event: Shown, why: string, wanted: Act, call: () => Promise<void>): Promise<boolean> {
    if (pending.has(event.id)) return false
    refused.delete(event.id)
    try {
      if (!(await session.ensure(why))) return false
      pending.set(event.id, wanted)
      await call()
      return true
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      return await failed(event, why, wanted, call, error)
    } finally {
      pending.delete(event.id)
    }
  }

  async function failed(
    event: Shown,
    why: string,
    wanted: Act,
    call: () => Promise<void>,
    rejection: Rejection,
  ): Promise<boolean> {
    if (rejection.code === 'signed-out') {
      // The name is asked again, and the action goes on.
      session.expired()
      pending.delete(event.id)
      return act(event, why, wanted, call)
    }
    refused.set(event.id, refusalOf(rejection))
    announcer.say(rejection.detail)
    return false
  }

  function settle(event: Shown, { data, position }: Written<AttendeeItem>): void {
    settled.set(event.id, { standing: { status: data.status, party: data.party, ahead: null }, position })
    announcer.say(
      data.status === 'going' ? `You are going to ${event.title}.` : `You are on the waitlist of ${event.title}.`,
    )
  }

  /** Takes seats, or a place in the line; `offered` tells whether it was said that these are seats. */
  function join(event: Shown, party = 1, offered = landing(event, party) === 'seats'): Promise<boolean> {
    return act(event, `To join ${event.title}.`, { is: 'join', party }, async () => {
      const written = await write((headers) => joinEvent({ path: { event: event.id }, body: { party }, headers }))
      settle(event, written)
      if (offered && written.data.status === 'waitlisted') void overtaken(event.id, party)
    })
  }

  async function overtaken(event: string, party: number): Promise<void> {
    const refusal = missed(party)
    refused.set(event, refusal)
    await placed(() => standing(event))
    announcer.say(refusalWords(refusal, standing(event)))
  }

  /** Comes with more or fewer people. */
  function resize(event: Shown, party: number): Promise<boolean> {
    return act(event, `To change your seats.`, { is: 'resize', party }, async () => {
      settle(event, await write((headers) => changeParty({ path: { event: event.id }, body: { party }, headers })))
    })
  }

  /** Gives the seats, or the place in the line, back. */
  function unattend(event: Shown): Promise<boolean> {
    return act(event, `To unattend ${event.title}.`, { is: 'unattend' }, async () => {
      const { position } = await write((headers) => unattendEvent({ path: { event: event.id }, headers }))
      settled.set(event.id, { standing: APART, position })
    })
  }

  /** The last refusal stopped being true, or nobody looks at it any more. */
  function forget(event: string): void {
    refused.delete(event)
  }

  return { pending, refused, standing, mine, join, resize, unattend, forget }
})
