import type { Bye, ClientMessage, Hello, ServerMessage } from './generated'
import { PresenceReports } from './presence'
import { attemptAfter, backoffMs, mayReconnect, withinMs, type Random } from './reconnection'

/** The state of the connection that the page shows. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline'

/** An action for the runtime; actions run in order. */
export type Effect = { do: 'open' } | { do: 'close' } | { do: 'send'; message: ClientMessage }

type Phase =
  | { name: 'idle' }
  | { name: 'opening'; until: number }
  | { name: 'open'; beatMs: number; openedAt: number; receivedAt: number; until: number }
  | { name: 'waiting'; until: number }
  | { name: 'offline' }
  | { name: 'refused'; code: number }

/** Time from opening a socket to `hello`, in ms. Beyond it the connection counts as dead. */
export const HELLO_TIMEOUT_MS = 10_000
/** Time that a silent connection has to answer a probe, in ms. Beyond it the connection counts as dead. */
export const PROBE_TIMEOUT_MS = 3_000
/** After a connection of this length, in ms, the back-off starts again at the first retry. */
export const STABLE_MS = 10_000

/** Pause before the first new attempt after a `hello` for another user, in ms; each further pause is twice as long. */
export const MISMATCH_FIRST_MS = 100
/** Such attempts, 3 s in all. After them the identity of the gateway counts. */
export const MISMATCHES_MAX = 5

/**
 * The connection to a gateway as a state machine without I/O. Inputs are events and the current time, in ms of a
 * monotonic clock; outputs are `effects()` and a `deadline`.
 *
 * It watches views. `positionOf` gives the position of each view, so that a new connection resumes there.
 */
export class Connection {
  /** Id of the signed-in user, as of the last `hello`: null for a visitor, undefined before the first `hello`. */
  user: string | null | undefined = undefined

  readonly #random: Random
  readonly #positionOf: (view: string) => string | null
  readonly #views = new Set<string>()
  readonly #presence = new PresenceReports()
  #phase: Phase = { name: 'idle' }
  #effects: Effect[] = []
  #attempt = 0
  #wasLive = false
  #retryWindow: Bye['retry_ms'] | null = null
  /** The user that the next `hello` should name; undefined for any. */
  #expectedUser: string | null | undefined = undefined
  #mismatches = 0

  constructor(random: Random, positionOf: (view: string) => string | null) {
    this.#random = random
    this.#positionOf = positionOf
  }

  get state(): ConnectionState {
    const { name } = this.#phase
    if (name === 'open') return 'live'
    if (name === 'offline' || name === 'refused') return 'offline'
    return this.#wasLive || this.#attempt > 0 ? 'reconnecting' : 'connecting'
  }

  /** When `onDeadline` must be called, in ms of the monotonic clock; null for never. */
  get deadline(): number | null {
    if (!('until' in this.#phase)) return null
    const reportAt = this.#phase.name === 'open' ? this.#presence.dueAt : null
    return Math.min(this.#phase.until, reportAt ?? Infinity)
  }

  /** The close code that forbids to reconnect, or null. */
  get refusalCode(): number | null {
    return this.#phase.name === 'refused' ? this.#phase.code : null
  }

  /** The actions since the last call. */
  effects(): Effect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  watch(view: string): void {
    this.#views.add(view)
    if (this.#phase.name === 'open') this.#sendWatch(view)
  }

  unwatch(view: string): void {
    if (this.#views.delete(view) && this.#phase.name === 'open') this.#send({ type: 'unwatch', view })
  }

  /** Opens the first connection. */
  start(now: number): void {
    if (this.#phase.name === 'idle') this.#open(now)
  }

  /**
   * Replaces the connection by a new one: the handshake decides the identity.
   *
   * `expectedUser` is the identity after signing in or out. A gateway may not have received that change yet, and then
   * greets the previous identity: the connection tries again, a few times.
   */
  restart(now: number, expectedUser?: string | null): void {
    this.#expectedUser = expectedUser
    this.#mismatches = 0
    this.#drop()
    this.#open(now)
  }

  onMessage(message: ServerMessage, now: number): void {
    if (message.type === 'hello') this.#onHello(message, now)
    if (this.#phase.name === 'open') {
      this.#phase = { ...this.#phase, receivedAt: now, until: now + 2 * this.#phase.beatMs }
    }
    if (message.type === 'bye') this.#retryWindow = message.retry_ms
  }

  /** The socket closed. `code` is the WebSocket's close code, 1006 without a close frame. */
  onClose(code: number, now: number): void {
    if (this.#phase.name === 'offline' || this.#phase.name === 'refused') return
    if (!mayReconnect(code)) {
      this.#phase = { name: 'refused', code }
      return
    }
    if (this.#phase.name === 'open' && now - this.#phase.openedAt >= STABLE_MS) this.#attempt = 0
    this.#attempt = attemptAfter(code, this.#attempt)
    const wait = this.#retryWindow ? withinMs(this.#retryWindow, this.#random) : backoffMs(this.#attempt, this.#random)
    this.#retryWindow = null
    this.#attempt += 1
    this.#phase = { name: 'waiting', until: now + wait }
  }

  /** The deadline passed: a report of presence or a retry is due, or the connection is dead. */
  onDeadline(now: number): void {
    if (this.#phase.name === 'open') this.#sendIfAny(this.#presence.onDue(now))
    if (!('until' in this.#phase) || now < this.#phase.until) return
    if (this.#phase.name === 'waiting') {
      this.#open(now)
      return
    }
    this.#drop()
    this.onClose(1006, now)
  }

  /** The page is visible again or the network is back. A connection without recent messages is probed or replaced. */
  onVisible(now: number): void {
    const phase = this.#phase
    if (phase.name === 'waiting' || phase.name === 'offline') this.#open(now)
    if (phase.name !== 'open' || now - phase.receivedAt < phase.beatMs) return
    const [view] = this.#views
    if (view === undefined || now - phase.receivedAt >= 2 * phase.beatMs) {
      this.restart(now)
      return
    }
    this.#sendWatch(view)
    this.#phase = { ...phase, until: now + PROBE_TIMEOUT_MS }
  }

  /** The machine was suspended: the server has likely given up the connection, and its time must be asked again. */
  onWake(now: number): void {
    if (this.deadline !== null) this.restart(now, this.#expectedUser)
  }

  /** The page was hidden or shown; `onVisible` checks the connection. */
  onVisibility(isVisible: boolean, now: number): void {
    const report = this.#presence.onVisibility(isVisible, now)
    if (this.#phase.name === 'open') this.#sendIfAny(report)
  }

  /** The browser reports that there is no network. */
  onOffline(): void {
    if (this.#phase.name === 'refused' || this.#phase.name === 'idle') return
    this.#drop()
    this.#phase = { name: 'offline' }
  }

  #onHello({ user, beat_ms: beatMs, presence_ms: presenceMs }: Hello, now: number): void {
    if (this.#phase.name !== 'opening') throw new Error(`hello while ${this.#phase.name}, expected while opening`)
    if (this.#expectedUser !== undefined && user !== this.#expectedUser && this.#mismatches < MISMATCHES_MAX) {
      this.#drop()
      this.#phase = { name: 'waiting', until: now + MISMATCH_FIRST_MS * 2 ** this.#mismatches }
      this.#mismatches += 1
      return
    }
    this.#expectedUser = undefined
    this.user = user
    this.#wasLive = true
    this.#phase = { name: 'open', beatMs, openedAt: now, receivedAt: now, until: now + 2 * beatMs }
    this.#sendIfAny(this.#presence.onHello(presenceMs, now))
    for (const view of this.#views) this.#sendWatch(view)
  }

  #open(now: number): void {
    this.#phase = { name: 'opening', until: now + HELLO_TIMEOUT_MS }
    this.#effects.push({ do: 'open' })
  }

  #drop(): void {
    this.#effects = this.#effects.filter((effect) => effect.do !== 'send')
    if (this.#phase.name === 'open' || this.#phase.name === 'opening') this.#effects.push({ do: 'close' })
  }

  #sendWatch(view: string): void {
    const at = this.#positionOf(view)
    this.#send(at === null ? { type: 'watch', view } : { type: 'watch', view, at })
  }

  #sendIfAny(message: ClientMessage | null): void {
    if (message) this.#send(message)
  }

  #send(message: ClientMessage): void {
    this.#effects.push({ do: 'send', message })
  }
}
