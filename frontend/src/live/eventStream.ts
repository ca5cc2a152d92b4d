import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Beat, ClientMessage, ServerMessage } from './generated'
import { Code } from './reconnection'
import type { Socket } from './socket'

/** The views of one stream (docs/protocol.md, "The event stream"). */
export const VIEWS_PER_STREAM_MAX = 20
/** Views that change within this time, in ms, change with one new stream: a page that opens watches several. */
export const BATCH_MS = 20
/** A stream watches at least one view. This one costs little, and is watched for the first `hello`. */
const FIRST_VIEW = 'events?when=upcoming&limit=1'
/** In an event id: nothing of this view has arrived yet. */
const NO_POSITION = '-'
/** The message that a comment stands for. */
const BEAT = JSON.stringify({ type: 'beat', at: '' } satisfies Beat)

/** `fetch`, or a fake of it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Listener = ((event: { data: unknown }) => void) | ((event: { code: number }) => void)

/**
 * Server-sent events as a socket. What a stream watches is in its address, so a change of the views opens a new stream,
 * which resumes each view at its position. The first `hello` is passed on; a later one must name the same user.
 */
export class EventStream implements Socket {
  readonly #url: string
  readonly #fetch: Fetch
  readonly #listeners: [string, Listener][] = []
  /** The position of each watched view. */
  readonly #positions = new Map<string, string>()
  #reading = new AbortController()
  #user: string | null | undefined = undefined
  #batch: ReturnType<typeof setTimeout> | undefined

  /** `url` is that of the live link. */
  constructor(url: string, fetch: Fetch) {
    this.#url = url
    this.#fetch = fetch
    void this.#read([FIRST_VIEW], this.#reading.signal)
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener])
  }

  send(text: string): void {
    const message = JSON.parse(text) as ClientMessage
    if (message.type === 'presence') return // a stream counts as looking for as long as it is open
    this.#positions.delete(message.view)
    if (message.type === 'watch') this.#positions.set(message.view, message.at ?? NO_POSITION)
    this.#batch ??= setTimeout(() => this.#reopen(), BATCH_MS)
  }

  close(): void {
    clearTimeout(this.#batch)
    this.#reading.abort()
  }

  /** Replaces the streams. Without a view the last ones go on, since they tell whether the server is there. */
  #reopen(): void {
    this.#batch = undefined
    const views = [...this.#positions.keys()]
    if (views.length === 0 || this.#reading.signal.aborted) return
    this.#reading.abort()
    this.#reading = new AbortController()
    for (let from = 0; from < views.length; from += VIEWS_PER_STREAM_MAX) {
      void this.#read(views.slice(from, from + VIEWS_PER_STREAM_MAX), this.#reading.signal)
    }
  }

  async #read(views: readonly string[], signal: AbortSignal): Promise<void> {
    let code: number = Code.LOST
    try {
      const query = new URLSearchParams(views.map((view) => ['view', view]))
      const positions = views.map((view) => this.#positions.get(view) ?? NO_POSITION)
      const headers = { Accept: 'text/event-stream', 'Last-Event-ID': positions.join(',') }
      const response = await this.#fetch(`${this.#url}?${query.toString()}`, { headers, signal, cache: 'no-store' })
      code = closeCodeOf(response)
      if (isStream(response)) await this.#parse(response, views, signal)
    } catch {
      // The network failed, or `close` was called.
    }
    this.#end(code, signal)
  }

  async #parse(response: Response, views: readonly string[], signal: AbortSignal): Promise<void> {
    const parser = createParser({
      onEvent: (event) => {
        if (!signal.aborted) this.#onEvent(event, views, signal)
      },
      onComment: () => {
        if (!signal.aborted) this.#emit('message', { data: BEAT })
      },
    })
    const decoder = new TextDecoder()
    const reader = response.body?.getReader()
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      parser.feed(decoder.decode(chunk.value, { stream: true }))
    }
  }

  #onEvent({ id, data }: EventSourceMessage, views: readonly string[], signal: AbortSignal): void {
    const message = JSON.parse(data) as ServerMessage
    if (message.type === 'hello' && this.#user !== undefined) {
      if (message.user !== this.#user) this.#end(Code.LOST, signal)
      return
    }
    if (message.type === 'hello') this.#user = message.user
    if (message.type === 'fail' && message.view !== null) this.#positions.delete(message.view)
    this.#advance(id?.split(',') ?? [], views)
    this.#emit('message', { data })
  }

  /** An event id has the position of each view, in the order of the address. */
  #advance(positions: readonly string[], views: readonly string[]): void {
    if (positions.length !== views.length) return
    views.forEach((view, index) => {
      if (this.#positions.has(view)) this.#positions.set(view, positions[index] ?? NO_POSITION)
    })
  }

  #end(code: number, signal: AbortSignal): void {
    if (signal.aborted) return
    this.close()
    this.#emit('close', { code })
  }

  #emit(type: string, event: unknown): void {
    for (const [name, listener] of this.#listeners) if (name === type) (listener as (event: unknown) => void)(event)
  }
}

function isStream({ ok, headers }: Response): boolean {
  return ok && headers.get('Content-Type')?.startsWith('text/event-stream') === true
}

/** The WebSocket's close code for an answer. Only a problem document is from the gateway; a proxy answers otherwise. */
function closeCodeOf({ status, headers }: Response): number {
  if (status === 429) return Code.CROWDED // also by a proxy: reconnecting soon makes it worse
  if (headers.get('Content-Type')?.startsWith('application/problem+json') !== true) return Code.LOST
  if (status === 403) return Code.FORBIDDEN
  return status === 503 ? Code.CROWDED : Code.LOST
}
