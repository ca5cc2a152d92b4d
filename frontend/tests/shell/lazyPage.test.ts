import { expect, test, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { ChunkOffline, isChunkError, lazyChunk, prefetchPages, whenIdle } from '@/shell/lazyPage'

const Page = { render: () => null }

test.each([
  ['Chrome', 'Failed to fetch dynamically imported module: https://host/assets/EventPage.js', true],
  ['Firefox', 'error loading dynamically imported module: https://host/assets/EventPage.js', true],
  ['Safari', 'Importing a module script failed.', true],
  ['Safari, a page in place of a script', "'text/html' is not a valid JavaScript MIME type.", true],
  ['Vite', 'Unable to preload CSS for /assets/EventPage.css', true],
  ['a bug', "Cannot read properties of undefined (reading 'id')", false],
])('the error of %s', (_, message, expected) => {
  expect(isChunkError(new TypeError(message))).toBe(expected)
})

test('without a network nothing is imported, since browsers remember a failure; a loaded page opens', async () => {
  const load = vi.fn(() => Promise.resolve(Page))
  let isOnline = false
  const page = lazyChunk(load, () => isOnline)
  await expect(page()).rejects.toThrow(ChunkOffline)
  expect(isChunkError(new ChunkOffline())).toBe(true)
  expect(load).not.toHaveBeenCalled()
  isOnline = true
  await expect(page()).resolves.toBe(Page)
  isOnline = false
  await expect(page()).resolves.toBe(Page)
  expect(load).toHaveBeenCalledOnce()
})

test('pages are loaded in advance, until one fails', async () => {
  const loads = [vi.fn(() => Promise.resolve(Page)), vi.fn(() => Promise.reject(new Error('no network'))), vi.fn()]
  const lazy = loads.map((component, index) => ({
    path: `/${String(index)}`,
    component: component as () => Promise<never>,
  }))
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: Page }, ...lazy] })
  await prefetchPages(router)
  expect(loads.map((load) => load.mock.calls.length)).toEqual([1, 1, 0])
})

test('nothing is loaded in advance for a person who saves data', () => {
  const run = vi.fn()
  const setTimeout = (task: () => void): void => task()
  whenIdle(run, { setTimeout, navigator: { connection: { saveData: true } } })
  expect(run).not.toHaveBeenCalled()
  whenIdle(run, { setTimeout, navigator: {} })
  whenIdle(run, { setTimeout, navigator: { connection: { saveData: false } }, requestIdleCallback: setTimeout })
  expect(run).toHaveBeenCalledTimes(2)
})
