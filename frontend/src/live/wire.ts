import type { ServerMessage } from './generated'
import type { Link } from './link'

/** The part of a WebSocket that is used here; a fake in tests has no more. */
export interface Socket {
  addEventListener(type: 'message', hear: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', hear: (event: { code: number }) => void): void
  send(text: string): void
  close(): void
}

/** Opens a socket to the live link; may throw where the browser forbids it. */
export type Connect = () => Socket

/** A live link of the page's own origin. */
export function connectToOrigin(location: Location): Connect {
  const url = new URL('/api/live', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return () => new WebSocket(url)
}

/**
 * Runs a `Link`: one socket at a time, one timer. Thin on purpose; every decision is the link's.
 *
 * `deliver` gets each message after the link has seen it; `changed` is called when the link's state may have changed.
 */
export class Wire {
  readonly #link: Link
  readonly #connect: Connect
  readonly #deliver: (message: ServerMessage) => void
  readonly #changed: () => void
  #socket: Socket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(link: Link, connect: Connect, deliver: (message: ServerMessage) => void, changed: () => void) {
    this.#link = link
    this.#connect = connect
    this.#deliver = deliver
    this.#changed = changed
  }

  /** Lets something happen to the link, then does what it asks for. */
  run(happen: (link: Link, now: number) => void): void {
    happen(this.#link, Date.now())
    for (const effect of this.#link.effects()) {
      if (effect.do === 'open') this.#open()
      else if (effect.do === 'close') this.#forget()
      else this.#socket?.send(JSON.stringify(effect.message))
    }
    this.#schedule()
    this.#changed()
  }

  #open(): void {
    this.#forget()
    let socket: Socket
    try {
      socket = this.#connect()
    } catch {
      // A constructor that throws (a forbidden address) is a link that failed; the link decides what next.
      this.run((link, now) => link.closed(1006, now))
      return
    }
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket || typeof data !== 'string') return
      const message = JSON.parse(data) as ServerMessage
      this.run((link, now) => link.received(message, now))
      this.#deliver(message)
    })
    socket.addEventListener('close', ({ code }) => {
      if (socket !== this.#socket) return
      this.#socket = null
      this.run((link, now) => link.closed(code, now))
    })
  }

  #forget(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    const { deadline } = this.#link
    if (deadline === null) return
    this.#timer = setTimeout(() => this.run((link, now) => link.elapsed(now)), Math.max(0, deadline - Date.now()))
  }
}
