import { addressOf } from '@/base'
import type { ServerMessage } from './generated'
import type { Connection } from './connection'
import { lazySocket } from './lazySocket'
import { Code } from './reconnection'
import type { Transport } from './transportChoice'

/** The part of a WebSocket that is used here. An event stream and the fakes of tests have no more. */
export interface Socket {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void
  send(text: string): void
  close(): void
}

/** Opens a connection to the gateway; may throw where the browser forbids it. */
export type Connect = (via: Transport) => Socket

/** Opens connections to the page's own origin. */
export function connectToOrigin(location: Location): Connect {
  const url = new URL(addressOf('/api/live'), location.href)
  const { href } = url
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return (via) => (via === 'socket' ? new WebSocket(url) : lazySocket(() => openStream(href)))
}

/** Most pages never need a stream, so its code loads when one is opened. */
async function openStream(url: string): Promise<Socket> {
  const { EventStream } = await import('./eventStream')
  return new EventStream(url, (address, init) => fetch(address, init))
}

/** The longest time after which a page notices that the machine was suspended, in ms. */
const WAKE_CHECK_MS = 5_000
/** A suspension, or a clock that was set ahead, by less than this needs no new connection, in ms. */
const WAKE_GAP_MS = 5_000

/**
 * Runs a `Connection`: one socket or stream at a time, one timer. The connection makes all decisions.
 *
 * All times are those of the monotonic clock, because the visitor's clock may be set. A suspended machine shows by the gap
 * between both clocks.
 *
 * `onMessage` gets each message after the connection has processed it. `onChange` is called whenever the connection's
 * state may have changed.
 */
export class SocketRunner {
  readonly #connection: Connection
  readonly #connect: Connect
  readonly #onMessage: (message: ServerMessage) => void
  readonly #onChange: () => void
  #socket: Socket | null = null
  /** The visitor's clock minus the monotonic clock, at the last event. */
  #clockGap = Date.now() - performance.now()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    connection: Connection,
    connect: Connect,
    onMessage: (message: ServerMessage) => void,
    onChange: () => void,
  ) {
    this.#connection = connection
    this.#connect = connect
    this.#onMessage = onMessage
    this.#onChange = onChange
  }

  /** Passes an event to the connection, then runs the actions that it asks for. */
  dispatch(event: (connection: Connection, now: number) => void): void {
    this.#process(event)
    this.#noticeWake()
  }

  #process(event: (connection: Connection, now: number) => void): void {
    event(this.#connection, performance.now())
    for (const effect of this.#connection.effects()) {
      if (effect.do === 'open') this.#openSocket(effect.via)
      else if (effect.do === 'close') this.#closeSocket()
      else this.#socket?.send(JSON.stringify(effect.message))
    }
    this.#schedule()
    this.#onChange()
  }

  #openSocket(via: Transport): void {
    this.#closeSocket()
    let socket: Socket
    try {
      socket = this.#connect(via)
    } catch {
      // A constructor that throws (a forbidden address) counts as a failed connection.
      this.dispatch((connection, now) => connection.onClose(Code.LOST, now))
      return
    }
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket || typeof data !== 'string') return
      const message = JSON.parse(data) as ServerMessage
      this.dispatch((connection, now) => connection.onMessage(message, now))
      this.#onMessage(message)
    })
    socket.addEventListener('close', ({ code }) => {
      if (socket !== this.#socket) return
      this.#socket = null
      this.dispatch((connection, now) => connection.onClose(code, now))
    })
  }

  #closeSocket(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    const { deadline } = this.#connection
    if (deadline === null) return
    const waitMs = Math.min(Math.max(0, deadline - performance.now()), WAKE_CHECK_MS)
    this.#timer = setTimeout(() => this.dispatch((connection, now) => connection.onDeadline(now)), waitMs)
  }

  /** The monotonic clock of most browsers stands still while the machine is suspended; the visitor's clock does not. */
  #noticeWake(): void {
    const gap = Date.now() - performance.now()
    const hasWoken = gap - this.#clockGap >= WAKE_GAP_MS
    this.#clockGap = gap
    if (hasWoken) this.#process((connection, now) => connection.onWake(now))
  }
}
