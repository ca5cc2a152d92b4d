import type { Bye, ClientMessage, Hello, ServerMessage } from './generated'
import { PresenceReports } from './presence'
import { attemptAfter, backoffMs, Code, mayReconnect, withinMs, type Random } from './reconnection'
import { TransportChoice, type Transport } from './transportChoice'

/** The state that the page shows: `polling` where no live connection gets through, but answers to requests do. */
export type ConnectionState = 'connecting' | 'live' | 'polling' | 'reconnecting' | 'offline'

/** An action for the runtime; actions run in order. */
export type Effect = { do: 'open'; via: Transport } | { do: 'close' } | { do: 'send'; message: ClientMessage }

type Phase =
  | { name: 'idle' }
  | { name: 'opening'; until: number }
  | { name: 'open'; beatMs: number; openedAt: number; receivedAt: number; until: number }
  | { name: 'waiting'; until: number }
  | { name: 'offline' }
  | { name: 'hidden' }
  | { name: 'refused'; code: number }

/** A hidden page closes its stream after this time, in ms: it is not looking, and browsers have few connections to a host. */
export const HIDDEN_STREAM_MS = 30_000
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
  readonly #transport = new TransportChoice()
  #phase: Phase = { name: 'idle' }
  #effects: Effect[] = []
  #attempt = 0
  #wasLive = false
  #retryWindow: Bye['retry_ms'] | null = null
  /** The user that the next `hello` should name; undefined for any. */
  #expectedUser: string | null | undefined = undefined
  #mismatches = 0
  /** When a hidden page closes its stream; null for never. */
  #hiddenUntil: number | null = null

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
    if (this.#phase.name !== 'open') return this.#phase.until
    const others = [this.#presence.dueAt, this.#transport.socketAgainAt, this.#hiddenUntil]
    return Math.min(this.#phase.until, ...others.map((at) => at ?? Infinity))
  }

  /** True while the network lets no live connection through. */
  get isBlocked(): boolean {
    return this.#transport.isBlocked
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

  /** The connection closed. `code` is the WebSocket's close code, 1006 without a close frame. */
  onClose(code: number, now: number): void {
    if (this.#phase.name === 'opening' && code === Code.LOST) this.#transport.onFailure(false, now)
    this.#onEnd(code, now)
  }

  #onEnd(code: number, now: number): void {
    if (this.#phase.name === 'offline' || this.#phase.name === 'hidden' || this.#phase.name === 'refused') return
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

  /** The deadline passed: a report of presence, a retry or another transport is due, or the connection is dead. */
  onDeadline(now: number): void {
    if (this.#phase.name === 'open') this.#onOpenDeadline(now)
    if (!('until' in this.#phase) || now < this.#phase.until) return
    if (this.#phase.name === 'waiting') {
      this.#open(now)
      return
    }
    this.#drop()
    if (this.#phase.name === 'opening') this.#transport.onFailure(true, now)
    else this.#transport.onSilence(now)
    this.#onEnd(Code.LOST, now)
  }

  #onOpenDeadline(now: number): void {
    this.#sendIfAny(this.#presence.onDue(now))
    if (isDue(this.#hiddenUntil, now)) {
      this.#drop()
      this.#phase = { name: 'hidden' }
    } else if (isDue(this.#transport.socketAgainAt, now)) {
      this.#transport.onSocketAgain()
      this.#attempt = 0
      this.restart(now)
    }
  }

  /** The page is visible again or the network is back. A connection without recent messages is probed or replaced. */
  onVisible(now: number): void {
    const phase = this.#phase
    if (phase.name === 'waiting' || phase.name === 'offline' || phase.name === 'hidden') this.#open(now)
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
    if (this.#phase.name !== 'open') return
    this.#sendIfAny(report)
    this.#limitHiddenStream(now)
  }

  /** The network is another one, which may let other transports through. */
  onNetworkChange(now: number): void {
    const isStream = this.#transport.current === 'stream'
    this.#transport.reset()
    if (isStream && this.deadline !== null) this.restart(now, this.#expectedUser)
  }

  /** The browser reports that there is no network. */
  onOffline(): void {
    if (this.#phase.name === 'refused' || this.#phase.name === 'idle') return
    this.#drop()
    this.#transport.reset()
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
    this.#transport.onHello(now)
    this.#phase = { name: 'open', beatMs, openedAt: now, receivedAt: now, until: now + 2 * beatMs }
    this.#limitHiddenStream(now)
    this.#sendIfAny(this.#presence.onHello(presenceMs, now))
    for (const view of this.#views) this.#sendWatch(view)
  }

  #open(now: number): void {
    this.#phase = { name: 'opening', until: now + this.#transport.helloTimeoutMs }
    this.#effects.push({ do: 'open', via: this.#transport.current })
  }

  #limitHiddenStream(now: number): void {
    const isLimited = this.#transport.current === 'stream' && !this.#presence.isVisible
    this.#hiddenUntil = isLimited ? (this.#hiddenUntil ?? now + HIDDEN_STREAM_MS) : null
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

function isDue(at: number | null, now: number): boolean {
  return at !== null && now >= at
}
