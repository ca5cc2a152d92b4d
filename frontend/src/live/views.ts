import { shallowReactive, shallowRef, type ShallowRef } from 'vue'
import type { Fail, Patch, ServerMessage, Snapshot } from './generated'
import { Link, type LinkState } from './link'
import { Replica, type Item } from './replica'
import { Wire, type Connect } from './wire'
import type { Random } from './reconnection'

/** One view as a page sees it. Shallow: items are replaced, never changed. */
export interface LiveView {
  /** Items in the order of the view; a new array whenever one changed, and the same objects where none did. */
  items: readonly Item[]
  /** Position of the last message; null before the first. */
  at: string | null
  /** Why the view has ended, or could not be watched. */
  fail: Fail | null
}

interface Entry {
  replica: Replica
  shown: LiveView
  watchers: number
}

/** Views that nobody shows are kept for the way back, so that it starts from something and resumes. */
const KEPT_VIEWS = 12

/** The only view whose content depends on who is signed in. */
export const ME = 'me'

/**
 * All live views of this page over one link.
 *
 * Messages are taken in at once and shown by the next frame, so that 50 changes a second cost one rendering each frame.
 */
export class LiveViews {
  readonly state: ShallowRef<LinkState> = shallowRef('connecting')
  /** The signed-in user's id; undefined until it is known, null for a visitor. */
  readonly user: ShallowRef<string | null | undefined> = shallowRef(undefined)

  readonly #entries = new Map<string, Entry>()
  readonly #canonical = new Map<string, string>()
  readonly #dirty = new Set<Entry>()
  readonly #link: Link
  readonly #wire: Wire
  readonly #nextFrame: (show: () => void) => void
  #owner: string | null | undefined = undefined

  constructor(connect: Connect, nextFrame: (show: () => void) => void, random: Random) {
    this.#nextFrame = nextFrame
    this.#link = new Link(random, (address) => this.#resumeFrom(address))
    this.#wire = new Wire(
      this.#link,
      connect,
      (message) => this.#take(message),
      () => this.#linkChanged(),
    )
  }

  start(): void {
    this.#wire.run((link, now) => link.start(now))
  }

  /** A new link for a new identity. */
  restart(): void {
    this.#wire.run((link, now) => link.restart(now))
  }

  /** Somebody looks again, or the network is back: checks the link at once. */
  woke(): void {
    this.#wire.run((link, now) => link.woke(now))
  }

  unplugged(): void {
    this.#wire.run((link) => link.unplugged())
  }

  /** Watches an address until as many `release`s as `watch`es were called. */
  watch(address: string): LiveView {
    const entry = this.#entry(address)
    entry.watchers += 1
    if (entry.watchers === 1) this.#wire.run((link) => link.watch(address))
    return entry.shown
  }

  release(address: string): void {
    const entry = this.#entry(address)
    entry.watchers -= 1
    if (entry.watchers > 0) return
    this.#wire.run((link) => link.unwatch(address))
    this.#forgetOldest()
  }

  /** The view of an address, watched or not. */
  peek(address: string): LiveView | undefined {
    return this.#entries.get(address)?.shown
  }

  /** An item that any view holds, to start from while its own view is on the way. */
  find(key: string): Item | undefined {
    for (const { replica } of this.#entries.values()) {
      const item = replica.get(key)
      if (item) return item
    }
    return undefined
  }

  /** The addresses that somebody shows now. */
  watched(): string[] {
    return [...this.#entries].filter(([, { watchers }]) => watchers > 0).map(([address]) => address)
  }

  /** Takes in a view that came by another way (HTTP), where the link has brought nothing yet. */
  offer(address: string, snapshot: Snapshot): void {
    const entry = this.#entries.get(address)
    if (entry && this.state.value !== 'live') this.#apply(entry, snapshot)
  }

  #entry(address: string): Entry {
    const found = this.#entries.get(address)
    // The last asked for is the last to be forgotten.
    this.#entries.delete(address)
    const entry = found ?? {
      replica: new Replica(),
      shown: shallowReactive<LiveView>({ items: [], at: null, fail: null }),
      watchers: 0,
    }
    this.#entries.set(address, entry)
    return entry
  }

  #forgetOldest(): void {
    const idle = [...this.#entries].filter(([, { watchers }]) => watchers === 0)
    for (const [address] of idle.slice(0, -KEPT_VIEWS)) this.#entries.delete(address)
  }

  /** Asked for each watch, after `hello`: another user's `me` must not be resumed from this one's. */
  #resumeFrom(address: string): string | null {
    const entry = this.#entries.get(address)
    if (address === ME && entry && this.#owner !== this.#link.user) {
      this.#owner = this.#link.user
      entry.replica = new Replica()
      Object.assign(entry.shown, { items: [], at: null, fail: null })
    }
    return entry?.replica.at ?? null
  }

  #take(message: ServerMessage): void {
    if (message.type !== 'snapshot' && message.type !== 'patch' && message.type !== 'fail') return
    if (message.view === null) return
    if (message.type !== 'fail' && message.asked) this.#canonical.set(message.asked, message.view)
    for (const [address, entry] of this.#entries) {
      if (address !== message.view && this.#canonical.get(address) !== message.view) continue
      if (message.type === 'fail') this.#failed(entry, message)
      else this.#apply(entry, message)
    }
  }

  #apply(entry: Entry, message: Snapshot | Patch): void {
    entry.replica.apply(message)
    this.#show(entry)
  }

  #failed(entry: Entry, fail: Fail): void {
    entry.shown.fail = fail
    entry.replica = new Replica()
  }

  #show(entry: Entry): void {
    const first = this.#dirty.size === 0
    this.#dirty.add(entry)
    if (first) this.#nextFrame(() => this.#showAll())
  }

  #showAll(): void {
    for (const { shown, replica } of this.#dirty) {
      shown.items = replica.items
      shown.at = replica.at
      if (replica.at !== null) shown.fail = null
    }
    this.#dirty.clear()
  }

  #linkChanged(): void {
    this.state.value = this.#link.state
    this.user.value = this.#link.user
  }
}
