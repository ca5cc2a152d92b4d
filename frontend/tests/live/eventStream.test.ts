import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BATCH_MS, EventStream, VIEWS_PER_STREAM_MAX } from '@/live/eventStream'
import type { ServerMessage } from '@/live/generated'

/** One request for a stream, which the test answers. */
interface Opened {
  views: string[]
  lastEventId: string | null
  signal: AbortSignal
  /** Answers with a stream, and gives the function that writes to it. */
  answer: () => (text: string) => Promise<void>
  end: () => void
  respond: (response: Response) => void
}

let opened: Opened[]
let delivered: ServerMessage[]
let closes: number[]
let stream: EventStream

beforeEach(() => {
  vi.useFakeTimers()
  opened = []
  delivered = []
  closes = []
  stream = new EventStream('http://host/api/live', open)
  stream.addEventListener('message', ({ data }: { data: unknown }) => {
    delivered.push(JSON.parse(data as string) as ServerMessage)
  })
  stream.addEventListener('close', ({ code }: { code: number }) => closes.push(code))
})
afterEach(() => vi.useRealTimers())

function open(url: string, init: RequestInit): Promise<Response> {
  let resolve!: (response: Response) => void
  let reject!: (error: Error) => void
  const promise = new Promise<Response>((...settle) => ([resolve, reject] = settle))
  const headers = new Headers(init.headers)
  let control: ReadableStreamDefaultController<Uint8Array>
  init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
  opened.push({
    views: new URL(url).searchParams.getAll('view'),
    lastEventId: headers.get('Last-Event-ID'),
    signal: init.signal!,
    answer: () => {
      const body = new ReadableStream<Uint8Array>({ start: (each) => void (control = each) })
      resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } }))
      return async (text) => {
        control.enqueue(new TextEncoder().encode(text))
        await vi.advanceTimersByTimeAsync(0)
      }
    },
    end: () => control.close(),
    respond: resolve,
  })
  return promise
}

function event(message: object, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`
}

const hello = (user: string | null = null): string =>
  event({ type: 'hello', position: 'e-1', user, beat_ms: 10_000, now: 0 })
const snapshot = (view: string, at: string, id: string): string =>
  event({ type: 'snapshot', view, at, order: 'ascending', items: [] }, id)

function watch(view: string, at?: string): void {
  stream.send(JSON.stringify({ type: 'watch', view, ...(at === undefined ? {} : { at }) }))
}

const last = (): Opened => opened.at(-1)!
const types = (): string[] => delivered.map(({ type }) => type)

/** Says hello, then watches two views; gives the function that writes to their stream. */
async function watching(): Promise<(text: string) => Promise<void>> {
  await last().answer()(hello('ada'))
  watch('me', 'e-3')
  watch('events/x')
  await vi.advanceTimersByTimeAsync(BATCH_MS)
  return last().answer()
}

test('the first stream brings hello; the views then share one stream, each with its position', async () => {
  const write = await watching()
  expect(types()).toEqual(['hello'])
  expect(opened.map(({ views, lastEventId }) => [views, lastEventId])).toEqual([
    [['events?when=upcoming&limit=1'], '-'],
    [['me', 'events/x'], 'e-3,-'],
  ])
  expect(opened[0]?.signal.aborted).toBe(true)
  await write(hello('ada') + snapshot('events/x', 'e-4', '-,e-4'))
  expect(types()).toEqual(['hello', 'snapshot'])
})

test('another view opens a new stream, which goes on where the last one was', async () => {
  const write = await watching()
  await write(hello('ada') + snapshot('me', 'e-5', 'e-5,-') + snapshot('events/x', 'e-6', 'e-5,e-6'))
  stream.send(JSON.stringify({ type: 'unwatch', view: 'events/x' }))
  watch('events/y', 'e-2')
  await vi.advanceTimersByTimeAsync(BATCH_MS)
  expect([last().views, last().lastEventId]).toEqual([['me', 'events/y'], 'e-5,e-2'])
})

test('an event that arrives in pieces is one message, and a comment is a beat', async () => {
  const write = await watching()
  const text = snapshot('me', 'e-5', 'e-5,-')
  await write(text.slice(0, 30))
  expect(types()).toEqual(['hello'])
  await write(`${text.slice(30)}: beat\n\n`)
  expect(types()).toEqual(['hello', 'snapshot', 'beat'])
})

test('a view that has ended is not watched by the next stream', async () => {
  const write = await watching()
  await write(event({ type: 'fail', view: 'events/x', code: 'event-not-found', detail: '' }))
  watch('events/y')
  await vi.advanceTimersByTimeAsync(BATCH_MS)
  expect(last().views).toEqual(['me', 'events/y'])
})

test('many views share several streams', async () => {
  await last().answer()(hello())
  for (let index = 0; index <= VIEWS_PER_STREAM_MAX; index += 1) watch(`events/${String(index)}`)
  await vi.advanceTimersByTimeAsync(BATCH_MS)
  expect(opened.slice(1).map(({ views }) => views.length)).toEqual([VIEWS_PER_STREAM_MAX, 1])
})

test('presence opens nothing', async () => {
  await last().answer()(hello())
  stream.send(JSON.stringify({ type: 'presence', looking: true }))
  await vi.advanceTimersByTimeAsync(BATCH_MS)
  expect(opened).toHaveLength(1)
})

describe('it closes', () => {
  test('when a stream ends', async () => {
    await last().answer()(hello())
    last().end()
    await vi.advanceTimersByTimeAsync(0)
    expect(closes).toEqual([1006])
  })

  test('when a later stream is of another user: the cookie has changed', async () => {
    const write = await watching()
    await write(hello('ben'))
    expect(closes).toEqual([1006])
    expect(types()).toEqual(['hello'])
  })

  const problem = { 'Content-Type': 'application/problem+json' }
  test.each([
    ['an origin that may not connect', new Response('{}', { status: 403, headers: problem }), 4503],
    ['a gateway without room', new Response('{}', { status: 503, headers: problem }), 4003],
    ['too many requests, as a proxy says', new Response('', { status: 429 }), 4003],
    ['a proxy that refuses', new Response('no', { status: 403 }), 1006],
    ['a sign-in page of a network', new Response('<p>', { headers: { 'Content-Type': 'text/html' } }), 1006],
  ])('after the answer of %s', async (_, response, code) => {
    last().respond(response)
    await vi.advanceTimersByTimeAsync(0)
    expect(closes).toEqual([code])
  })

  test('without a word when the page closes it', async () => {
    const write = await watching()
    stream.close()
    await write(hello('ada')).catch(() => undefined)
    expect([closes, types(), last().signal.aborted]).toEqual([[], ['hello'], true])
  })
})
