import type { Bye, ClientMessage, Hello, ServerMessage } from './generated'
import { attemptAfter, backoffMs, comesBack, withinMs, type Random } from './reconnection'

/** The state of the link that the page shows. */
export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'offline'

/** An action for the runtime; actions run in order. */
export type Effect = { do: 'open' } | { do: 'close' } | { do: 'send'; message: ClientMessage }

type Phase =
  | { name: 'idle' }
  | { name: 'opening'; until: number }
  | { name: 'open'; beatMs: number; since: number; heard: number; until: number }
  | { name: 'waiting'; until: number }
  | { name: 'unplugged' }
  | { name: 'refused'; code: number }

/** From the first byte to `hello`; beyond it the link counts as dead. */
export const HELLO_TIMEOUT_MS = 10_000
/** A link that woke up counts as dead if it does not answer within this time. */
export const PROBE_TIMEOUT_MS = 3_000
/** A link that held this long has proved itself: the next loss starts again at the first retry. */
export const STEADY_MS = 10_000

/**
 * The link to a gateway, sans I/O: events and the time come in, `effects()` and a `deadline` come out.
 *
 * It watches what `views` lists; where each view stands is asked of `at`, so that a new link resumes.
 */
export class Link {
  /** Whose link this is, as the last `hello` said; undefined before the first. */
  user: string | null | undefined = undefined

  readonly #random: Random
  readonly #at: (view: string) => string | null
  readonly #views = new Set<string>()
  #phase: Phase = { name: 'idle' }
  #effects: Effect[] = []
  #attempt = 0
  #everLive = false
  #window: Bye['retry_ms'] | null = null

  constructor(random: Random, at: (view: string) => string | null) {
    this.#random = random
    this.#at = at
  }

  get state(): LinkState {
    const { name } = this.#phase
    if (name === 'open') return 'live'
    if (name === 'unplugged' || name === 'refused') return 'offline'
    return this.#everLive || this.#attempt > 0 ? 'reconnecting' : 'connecting'
  }

  /** When `elapsed` must be called, in ms since 1970; null for never. */
  get deadline(): number | null {
    return 'until' in this.#phase ? this.#phase.until : null
  }

  /** The close code after which there is no way back without a change, or null. */
  get refused(): number | null {
    return this.#phase.name === 'refused' ? this.#phase.code : null
  }

  /** Hands over what is to be done, once. */
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

  /** Opens the first link. */
  start(now: number): void {
    if (this.#phase.name === 'idle') this.#open(now)
  }

  /** Gives up the link and opens a new one: who is signed in is settled by the handshake. */
  restart(now: number): void {
    this.#drop()
    this.#open(now)
  }

  received(message: ServerMessage, now: number): void {
    if (message.type === 'hello') this.#greeted(message, now)
    if (this.#phase.name === 'open') {
      this.#phase = { ...this.#phase, heard: now, until: now + 2 * this.#phase.beatMs }
    }
    if (message.type === 'bye') this.#window = message.retry_ms
  }

  /** The socket is gone; `code` as the WebSocket says it (1006 where nobody said goodbye). */
  closed(code: number, now: number): void {
    if (this.#phase.name === 'unplugged' || this.#phase.name === 'refused') return
    if (!comesBack(code)) {
      this.#phase = { name: 'refused', code }
      return
    }
    if (this.#phase.name === 'open' && now - this.#phase.since >= STEADY_MS) this.#attempt = 0
    this.#attempt = attemptAfter(code, this.#attempt)
    const wait = this.#window ? withinMs(this.#window, this.#random) : backoffMs(this.#attempt, this.#random)
    this.#window = null
    this.#attempt += 1
    this.#phase = { name: 'waiting', until: now + wait }
  }

  /** The deadline has passed: time for a retry, or the link is dead. */
  elapsed(now: number): void {
    if (this.deadline === null || now < this.deadline) return
    if (this.#phase.name === 'waiting') {
      this.#open(now)
      return
    }
    this.#drop()
    this.closed(1006, now)
  }

  /** The browser says that there is a network again, or that somebody looks again: trust nothing that is quiet. */
  woke(now: number): void {
    const phase = this.#phase
    if (phase.name === 'waiting' || phase.name === 'unplugged') this.#open(now)
    if (phase.name !== 'open' || now - phase.heard < phase.beatMs) return
    const [view] = this.#views
    if (view === undefined || now - phase.heard >= 2 * phase.beatMs) {
      this.restart(now)
      return
    }
    this.#sendWatch(view)
    this.#phase = { ...phase, until: now + PROBE_TIMEOUT_MS }
  }

  /** The browser says that there is no network. */
  unplugged(): void {
    if (this.#phase.name === 'refused' || this.#phase.name === 'idle') return
    this.#drop()
    this.#phase = { name: 'unplugged' }
  }

  #greeted({ user, beat_ms: beatMs }: Hello, now: number): void {
    if (this.#phase.name !== 'opening') throw new Error(`hello while ${this.#phase.name}, expected while opening`)
    this.user = user
    this.#everLive = true
    this.#phase = { name: 'open', beatMs, since: now, heard: now, until: now + 2 * beatMs }
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
    const at = this.#at(view)
    this.#send(at === null ? { type: 'watch', view } : { type: 'watch', view, at })
  }

  #send(message: ClientMessage): void {
    this.#effects.push({ do: 'send', message })
  }
}
