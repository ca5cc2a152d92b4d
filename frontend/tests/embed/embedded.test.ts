import { expect, test } from 'vitest'
import { isEmbedded } from '@/embed/embedded'
import { createPages } from '@/router'

test.each([
  ['/embed/events/abc', true],
  ['/embed/events', true],
  ['/events/abc', false],
  ['/embedding', false],
  ['/', false],
])('%s is a page for frames: %s', (path, expected) => {
  expect(isEmbedded(path)).toBe(expected)
})

test('a short link leads to the event', async () => {
  const pages = createPages()
  await pages.push('/e/abc?tag=x#top')
  expect(pages.currentRoute.value.fullPath).toBe('/events/abc?tag=x#top')
})
