import { shallowReactive, shallowRef, type ShallowRef } from 'vue'
import type { Fail, Patch, ServerMessage, Snapshot } from './generated'
import { Connection, type ConnectionState } from './connection'
import { Replica, type Item } from './replica'
import { SocketRunner, type Connect } from './socket'
import { hasReached } from './position'
import type { Random } from './reconnection'
import { ServerClock } from '@/time/serverClock'

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
  view: LiveView
  watchers: number
  /** The user of a personal view. */
  owner?: string | null | undefined
}

/** Views without a watcher that stay in memory, so that a page shows items at once when it is opened again. */
const IDLE_VIEWS_MAX = 12

/** The view of the signed-in user's own events. */
export const ME = 'me'

/** The view of the signed-in user's devices and ways back. */
export const ACCOUNT = 'me/account'

/** The view of what the signed-in user has been told. */
export const NOTICES = 'me/notices'

/** The views that depend on the signed-in user, or that only some users may read. */
const PERSONAL = /^(me|moderation)([?/]|$)|\/desk$/

function isPersonal(address: string): boolean {
  return PERSONAL.test(address)
}

function show({ view, replica }: Entry): void {
  view.items = replica.items
  view.at = replica.at
  if (replica.at !== null) view.fail = null
}

/**
 * All live views of this page over one connection.
 *
 * Messages are applied at once and rendered with the next frame: 50 changes a second cost one rendering per frame.
 */
export class LiveViews {
  readonly state: ShallowRef<ConnectionState> = shallowRef('connecting')
  /** The signed-in user's id; undefined until it is known, null for a visitor. */
  readonly user: ShallowRef<string | null | undefined> = shallowRef(undefined)
  /** The server's clock, as each connection tells it. */
  readonly clock = new ServerClock()

  readonly #entries = new Map<string, Entry>()
  readonly #canonical = new Map<string, string>()
  readonly #changed = new Set<Entry>()
  readonly #connection: Connection
  readonly #runner: SocketRunner
  readonly #nextFrame: (render: () => void) => void
  #isPolled = false
  /** The newest positions: of the gateway, and of the answers to requests. */
  #linkAt: string | null = null
  #answeredAt: string | null = null
  /** Views of events that this gateway did not have yet when they were watched. */
  readonly #early = new Set<string>()

  constructor(connect: Connect, nextFrame: (render: () => void) => void, random: Random) {
    this.#nextFrame = nextFrame
    this.#connection = new Connection(random, (address) => this.#resumeFrom(address))
    this.#runner = new SocketRunner(
      this.#connection,
      connect,
      (message) => this.#onMessage(message),
      () => this.#onConnectionChange(),
    )
  }

  start(): void {
    this.#runner.dispatch((connection, now) => connection.start(now))
  }

  /** Opens a new connection for a new identity: the id of the user, null after signing out, or undefined if unknown. */
  restart(user?: string | null): void {
    this.#runner.dispatch((connection, now) => connection.restart(now, user))
  }

  /** The page is visible again or the network is back: checks the connection at once. */
  onVisible(): void {
    this.#runner.dispatch((connection, now) => connection.onVisible(now))
  }

  /** The page was hidden or shown, so it counts no longer, or again, as looking. */
  onVisibility(isVisible: boolean): void {
    this.#runner.dispatch((connection, now) => connection.onVisibility(isVisible, now))
  }

  /** The page is in another network. */
  onNetworkChange(): void {
    this.#runner.dispatch((connection, now) => connection.onNetworkChange(now))
  }

  /** A request was answered at a position, such as the creation of an event. The gateway of this page may be behind it. */
  onAnswer(position: string): void {
    if (!hasReached(this.#answeredAt, position)) this.#answeredAt = position
  }

  /** A round of requests was answered, or failed. */
  onPolled(isAnswered: boolean): void {
    this.#isPolled = isAnswered
    this.#onConnectionChange()
  }

  /** The network is gone. */
  onOffline(): void {
    this.#runner.dispatch((connection) => connection.onOffline())
  }

  /** Watches an address until `unwatch` was called as often as `watch`. */
  watch(address: string): LiveView {
    const entry = this.#entryOf(address)
    entry.watchers += 1
    if (entry.watchers === 1) this.#runner.dispatch((connection) => connection.watch(address))
    return entry.view
  }

  unwatch(address: string): void {
    const entry = this.#entryOf(address)
    entry.watchers -= 1
    if (entry.watchers > 0) return
    this.#runner.dispatch((connection) => connection.unwatch(address))
    this.#evictIdle()
  }

  /** Asks once more for a view that was refused, because the viewer may see it now. */
  watchAgain(address: string): void {
    if (this.#entryOf(address).watchers > 0) this.#runner.dispatch((connection) => connection.watch(address))
  }

  /** An item from any view. Pages show it until their own view has loaded. */
  find(key: string): Item | undefined {
    for (const { replica } of this.#entries.values()) {
      const item = replica.get(key)
      if (item) return item
    }
    return undefined
  }

  /** The addresses that have a watcher. */
  watchedAddresses(): string[] {
    return [...this.#entries].filter(([, { watchers }]) => watchers > 0).map(([address]) => address)
  }

  /** Shows a view that came with the page, at once, and resumes from it when there is a connection. */
  adopt(snapshot: Snapshot): void {
    const address = snapshot.asked ?? snapshot.view
    this.#canonical.set(address, snapshot.view)
    const entry = this.#entryOf(address)
    entry.replica.apply(snapshot)
    show(entry)
  }

  /** Applies a view that was fetched over HTTP, unless the connection is live. */
  applyFetched(address: string, snapshot: Snapshot): void {
    const entry = this.#entries.get(address)
    if (entry && this.state.value !== 'live') this.#apply(entry, snapshot)
  }

  #entryOf(address: string): Entry {
    const found = this.#entries.get(address)
    // The map's order is the order of use: the least recently used view is evicted first.
    this.#entries.delete(address)
    const entry = found ?? {
      replica: new Replica(),
      view: shallowReactive<LiveView>({ items: [], at: null, fail: null }),
      watchers: 0,
    }
    this.#entries.set(address, entry)
    return entry
  }

  #evictIdle(): void {
    const idle = [...this.#entries].filter(([, { watchers }]) => watchers === 0)
    for (const [address] of idle.slice(0, -IDLE_VIEWS_MAX)) this.#entries.delete(address)
  }

  /** The position to resume a view from, read after each `hello`. A personal view of another user is dropped first. */
  #resumeFrom(address: string): string | null {
    const entry = this.#entries.get(address)
    if (isPersonal(address) && entry && entry.owner !== this.#connection.user) {
      entry.owner = this.#connection.user
      entry.replica = new Replica()
      Object.assign(entry.view, { items: [], at: null, fail: null })
    }
    return entry?.replica.at ?? null
  }

  #onMessage(message: ServerMessage): void {
    if (message.type === 'hello') {
      this.clock.set(message.now)
      this.#linkAt = null // another gateway may be behind the last one
    }
    this.#onPosition('at' in message ? message.at : message.type === 'hello' ? message.position : null)
    if (message.type !== 'snapshot' && message.type !== 'patch' && message.type !== 'fail') return
    if (message.view === null) return
    if (message.type !== 'fail' && message.asked) this.#canonical.set(message.asked, message.view)
    for (const [address, entry] of this.#entries) {
      if (address !== message.view && this.#canonical.get(address) !== message.view) continue
      if (message.type === 'fail') this.#onFail(address, entry, message)
      else this.#apply(entry, message)
    }
  }

  #apply(entry: Entry, message: Snapshot | Patch): void {
    entry.replica.apply(message)
    this.#scheduleRender(entry)
  }

  #onPosition(at: string | null): void {
    if (at === null || hasReached(this.#linkAt, at)) return
    this.#linkAt = at
    if (this.#early.size === 0 || !hasReached(at, this.#answeredAt)) return
    const early = [...this.#early].filter((address) => (this.#entries.get(address)?.watchers ?? 0) > 0)
    this.#early.clear()
    for (const address of early) this.#runner.dispatch((connection) => connection.watch(address))
  }

  #onFail(address: string, entry: Entry, fail: Fail): void {
    if (fail.code === 'event-not-found' && !hasReached(this.#linkAt, this.#answeredAt)) {
      this.#early.add(address)
      return
    }
    entry.view.fail = fail
    entry.replica = new Replica()
  }

  #scheduleRender(entry: Entry): void {
    const first = this.#changed.size === 0
    this.#changed.add(entry)
    if (first) this.#nextFrame(() => this.#renderChanged())
  }

  #renderChanged(): void {
    this.#changed.forEach(show)
    this.#changed.clear()
  }

  #onConnectionChange(): void {
    const { state, isBlocked } = this.#connection
    const isWaiting = state === 'connecting' || state === 'reconnecting'
    this.state.value = isWaiting && isBlocked && this.#isPolled ? 'polling' : state
    this.user.value = this.#connection.user
  }
}
