import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { loadGuests } from '@/guest-list/loadGuests'
import PrintGuestList from '@/guest-list/PrintGuestList.vue'
import { useNotices } from '@/shell/notices'
import { markPrintedLinks } from '@/shell/printedLinks'
import { answerHttp, type Call } from '../support/http'
import { attendee, event } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
const print = vi.fn()

beforeEach(() => {
  on = stage()
  vi.stubGlobal('print', print)
  print.mockReset()
  return () => vi.unstubAllGlobals()
})

const NAMES = ['zoe', 'Émile', 'Ben 10', 'Ben 9', 'ada']

/** A server with pages of two guests, and one party that waits. */
function answerPages({ url }: Call): { status: number; data: unknown } {
  const { pathname, searchParams } = new URL(url, 'http://host')
  expect(pathname).toBe('/api/events/abc/attendees')
  if (searchParams.get('status') === 'waitlisted') {
    const waiting = attendee('Wim', { status: 'waitlisted', party: 3 })
    return { status: 200, data: { at: 'e-1', items: [waiting], next: null } }
  }
  const all = NAMES.map((name, index) => attendee(name, { rank: index + 1, party: index + 1 }))
  const after = Number(searchParams.get('after'))
  const next = after + 2 < all.length ? after + 2 : null
  return { status: 200, data: { at: 'e-1', items: all.slice(after, after + 2), next } }
}

test('all pages of guests are loaded', async () => {
  answerHttp(answerPages)
  expect((await loadGuests('abc', 'going')).map(({ user }) => user.name)).toEqual(NAMES)
})

test('the sheet has everyone with their seats, and goes with the next key', async () => {
  answerHttp(answerPages)
  print.mockImplementation(() => {
    const rows = [...document.querySelectorAll('[data-testid=guest]')].map((row) => row.textContent.trim())
    expect(rows).toEqual(['ada5 seats', 'Ben 94 seats', 'Ben 103 seats', 'Émile2 seats', 'zoe1 seat', 'Wim3 seats'])
  })
  const button = on.mount(PrintGuestList, { event: event({ going: 15, waiting: 3 }) }).find('button')
  await button.trigger('click')
  await vi.waitFor(() => expect(print).toHaveBeenCalledOnce())
  window.dispatchEvent(new Event('afterprint'))
  await flushPromises()
  expect(document.querySelector('.print-sheet')).not.toBeNull()
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'p', ctrlKey: true }))
  await flushPromises()
  expect(document.querySelector('.print-sheet')).toBeNull()
})

test('guests whose names look alike are told apart on paper', async () => {
  const guests = ['Wim', 'WIM', 'Olga'].map((name, rank) =>
    attendee(name, { key: `attendee:${String(rank)}`, rank, user: { id: String(rank), name } }),
  )
  answerHttp(({ url }) => {
    const items = url.includes('waitlisted') ? [] : guests
    return { status: 200, data: { at: 'e-1', items, next: null } }
  })
  await on
    .mount(PrintGuestList, { event: event({ going: 3 }) })
    .find('button')
    .trigger('click')
  await vi.waitFor(() => expect(print).toHaveBeenCalledOnce())
  const names = [...document.querySelectorAll('[data-testid=guest] td:nth-child(2)')].map((each) => each.textContent)
  expect(names.map((each) => each.replace(/,.*/, '').replaceAll('\u00a0', ' '))).toEqual(['Olga (2)', 'Wim', 'WIM (2)'])
})

test('without an answer nothing is printed, and a notice says why', async () => {
  answerHttp(() => ({ status: 0 }))
  await on
    .mount(PrintGuestList, { event: event({ going: 15 }) })
    .find('button')
    .trigger('click')
  await vi.waitFor(() => expect(useNotices().notices).toHaveLength(1))
  expect(print).not.toHaveBeenCalled()
})

test('a link has its address on paper, unless its text is the address', () => {
  document.body.innerHTML = `
    <a rel="noopener ugc" href="https://a.example/x">a.example</a>
    <a rel="noopener ugc" href="https://b.example/">https://b.example/</a>
    <a href="/events/1">An event</a>`
  markPrintedLinks(document)
  expect([...document.querySelectorAll('[data-print-address]')].map((each) => each.textContent)).toEqual(['a.example'])
})
