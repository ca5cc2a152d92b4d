import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Router } from 'vue-router'
import { followLinks } from '@/shell/links'

let pushed: string[]

beforeEach(() => {
  pushed = []
  document.body.innerHTML = `
    <a id="event" href="/events/abc?x=1"><b>Board games</b></a>
    <a id="other" href="https://example.org/">elsewhere</a>
    <a id="api" href="/api/docs">API</a>
    <a id="tab" href="/new" target="_blank">a tab</a>
    <a id="skip" href="#main">skip</a>
    <p id="text">text</p>`
  const router = { push: (to: string) => Promise.resolve(pushed.push(to)) } as unknown as Router
  followLinks(document, router)
})

afterEach(() => document.head.querySelector('base')?.remove())

test.each([
  ['/turnout/events/abc?x=1', '/events/abc?x=1'],
  ['/turnout/', '/'],
  ['/other/', null],
  ['/turnout/api/docs', null],
])('below a path, %s leads to the page %s', (href, page) => {
  document.head.insertAdjacentHTML('beforeend', '<base href="/turnout/">')
  document.querySelector('#event')?.setAttribute('href', href)
  expect(followed('#event b')).toBe(page === null)
  expect(pushed).toEqual(page === null ? [] : [page])
})

/** Clicks. True if the browser would follow the link, which is prevented. */
function followed(selector: string, init: MouseEventInit = {}): boolean {
  let left = false
  const last = (event: Event): void => {
    left = !event.defaultPrevented
    event.preventDefault()
  }
  window.addEventListener('click', last, { once: true })
  document.querySelector(selector)?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }))
  return left
}

test('a link to a page of ours is followed without loading it', () => {
  expect(followed('#event b')).toBe(false)
  expect(pushed[0]).toBe('/events/abc?x=1')
})

test.each(['#other', '#api', '#tab', '#skip', '#text'])('%s is left to the browser', (selector) => {
  expect(followed(selector)).toBe(true)
  expect(pushed).toEqual([])
})

test.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])(
  'so is a click that asks for something else: %o',
  (init) => {
    expect(followed('#event', init)).toBe(true)
    expect(pushed).toEqual([])
  },
)
