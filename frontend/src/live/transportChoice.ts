/** The kind of a connection: a WebSocket or, where a network blocks those, server-sent events. */
export type Transport = 'socket' | 'stream'

/** Failed WebSockets in a row after which a page that never had one tries a stream. */
export const SOCKET_FAILURES_MAX = 2
/** The same for a page that had one: its server is away, more likely than its network has changed. */
export const WORKED_FAILURES_MAX = 6
/** The wait for `hello` of a WebSocket, in ms. Then a page still falls back within 10 s. */
export const SOCKET_HELLO_MS = 6_000
/** The wait for a WebSocket while a stream would do, in ms: nothing is live until it is over. */
export const SOCKET_AGAIN_HELLO_MS = 3_000
/** The wait for `hello` of a stream, in ms. */
export const STREAM_HELLO_MS = 10_000
/** The time on a stream after which a WebSocket is tried, in ms; each further time is twice as long. */
export const SOCKET_AGAIN_FIRST_MS = 60_000
export const SOCKET_AGAIN_MAX_MS = 1_800_000
/** The time without another stream after one that fell silent, in ms: a proxy stores what the server sends. */
export const STREAM_BARRED_MS = 300_000

/** Chooses the transport of the next connection. Pure: times are arguments, in ms of a monotonic clock. */
export class TransportChoice {
  #current: Transport = 'socket'
  #hasSocketWorked = false
  #socketFailures = 0
  #hasStreamFailed = false
  #streamBarredUntil = 0
  #againMs = SOCKET_AGAIN_FIRST_MS
  #socketAgainAt: number | null = null

  /** The transport of the open connection, otherwise of the next. */
  get current(): Transport {
    return this.#current
  }

  /** True while the network lets neither through. */
  get isBlocked(): boolean {
    return this.#isSocketBlocked && this.#hasStreamFailed
  }

  /** The time that a new connection has until `hello`, in ms. */
  get helloTimeoutMs(): number {
    if (this.#current === 'stream') return STREAM_HELLO_MS
    return this.#isSocketBlocked ? SOCKET_AGAIN_HELLO_MS : SOCKET_HELLO_MS
  }

  /** When a page on a stream tries a WebSocket; null for never. */
  get socketAgainAt(): number | null {
    return this.#socketAgainAt
  }

  /** The connection is live. */
  onHello(now: number): void {
    if (this.#current === 'socket') {
      this.reset()
      this.#hasSocketWorked = true
    } else {
      this.#socketAgainAt = now + this.#againMs
      this.#againMs = Math.min(2 * this.#againMs, SOCKET_AGAIN_MAX_MS)
    }
  }

  /** A connection failed before `hello`. `isSilent` if it opened, as far as the page knows, and nothing arrived. */
  onFailure(isSilent: boolean, now: number): void {
    if (this.#current === 'stream') {
      this.#hasStreamFailed = true
      this.#current = 'socket'
      return
    }
    this.#socketFailures += isSilent && !this.#hasSocketWorked ? SOCKET_FAILURES_MAX : 1
    if (this.#isSocketBlocked && now >= this.#streamBarredUntil) this.#current = 'stream'
  }

  /** A live connection fell silent. */
  onSilence(now: number): void {
    if (this.#current !== 'stream') return
    this.#streamBarredUntil = now + STREAM_BARRED_MS
    this.onFailure(true, now)
  }

  /** It is time for a WebSocket. One failure leads back to the stream. */
  onSocketAgain(): void {
    this.#current = 'socket'
    this.#socketAgainAt = null
  }

  /** The network is another one, where nothing is known. */
  reset(): void {
    this.#current = 'socket'
    this.#hasSocketWorked = this.#hasStreamFailed = false
    this.#socketFailures = this.#streamBarredUntil = 0
    this.#againMs = SOCKET_AGAIN_FIRST_MS
    this.#socketAgainAt = null
  }

  get #isSocketBlocked(): boolean {
    return this.#socketFailures >= (this.#hasSocketWorked ? WORKED_FAILURES_MAX : SOCKET_FAILURES_MAX)
  }
}
