import { shallowRef } from 'vue'

/** The precision of the header `Date`, in ms. */
const DATE_STEP_MS = 1_000

/**
 * The server's clock. It counts on from the last time that the server told, by the browser's monotonic clock: the
 * visitor's clock may be wrong, and may be set meanwhile. Until the server has told its time, it is the visitor's clock.
 *
 * Reactive: what reads `now` in a computed is computed again when the server tells its time.
 */
export class ServerClock {
  /** The server's time minus the monotonic time, in ms; null until it is known. */
  readonly #offset = shallowRef<number | null>(null)
  #isExact = false

  /** True once the server has told its time. */
  get isKnown(): boolean {
    return this.#offset.value !== null
  }

  /** The present time in ms since 1970. */
  now(): number {
    return this.#offset.value === null ? Date.now() : Math.round(performance.now() + this.#offset.value)
  }

  /** Takes the time of a `hello`, in ms since 1970. Gateways of earlier versions do not tell it. */
  set(now: number | undefined): void {
    if (now === undefined) return
    this.#isExact = true
    this.#offset.value = now - performance.now()
  }

  /** Takes the header `Date` of an answer, unless a `hello` told the time: that is more exact. */
  setByDate(date: unknown): void {
    const now = typeof date === 'string' ? Date.parse(date) : Number.NaN
    if (this.#isExact || Number.isNaN(now)) return
    this.#offset.value = now + DATE_STEP_MS / 2 - performance.now()
  }
}
