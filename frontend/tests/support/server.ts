/** The other end of the live connection: fake sockets that a test opens, feeds and closes. */
import type { ClientMessage, ServerMessage } from '@/live/generated'
import type { Item } from '@/live/replica'
import type { Connect, Socket } from '@/live/socket'
import type { Transport } from '@/live/transportChoice'

type Hear = ((event: { data: unknown }) => void) | ((event: { code: number }) => void)

export class FakeSocket implements Socket {
  readonly sent: ClientMessage[] = []
  closedByClient = false
  readonly #hearers: [string, Hear][] = []

  addEventListener(type: string, hear: Hear): void {
    this.#hearers.push([type, hear])
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage)
  }

  close(): void {
    this.closedByClient = true
  }

  say(message: ServerMessage): void {
    this.#tell('message', { data: JSON.stringify(message) })
  }

  drop(code = 1006): void {
    this.#tell('close', { code })
  }

  #tell(type: string, event: unknown): void {
    for (const [name, hear] of this.#hearers) if (name === type) (hear as (event: unknown) => void)(event)
  }
}

export class FakeServer {
  readonly sockets: FakeSocket[] = []

  /** The transport of each socket. */
  readonly transports: Transport[] = []

  readonly connect: Connect = (via) => {
    const socket = new FakeSocket()
    this.transports.push(via)
    this.sockets.push(socket)
    return socket
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1)
    if (!last) throw new Error('no socket was opened')
    return last
  }

  hello(user: string | null = null, beatMs = 10_000, now = Date.now()): void {
    this.socket.say({ type: 'hello', position: 'e-1', user, beat_ms: beatMs, now })
  }

  snapshot(view: string, items: Item[], at = 'e-1'): void {
    this.socket.say({ type: 'snapshot', view, at, order: 'ascending', items })
  }

  patch(view: string, at: string, upsert: Item[], remove: string[] = []): void {
    this.socket.say({ type: 'patch', view, at, upsert, remove })
  }
}
