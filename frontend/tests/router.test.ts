import { expect, test } from 'vitest'
import { createPages } from '@/router'

const GONE = new TypeError('Failed to fetch dynamically imported module: /assets/EventPage-old.js')

function pages(left: string[]): ReturnType<typeof createPages> {
  const router = createPages((path) => left.push(path))
  router.addRoute({ path: '/gone', component: () => Promise.reject(GONE) })
  router.addRoute({ path: '/broken', component: () => Promise.reject(new Error('a bug')) })
  return router
}

test('a page whose chunk is gone after an upgrade is reloaded', async () => {
  const left: string[] = []
  const router = pages(left)
  await router.push('/')
  await expect(router.push('/gone?x=1')).rejects.toBe(GONE)
  expect(left).toEqual(['/gone?x=1'])
})

test('the first page is not, so that nothing loads in circles', async () => {
  const left: string[] = []
  await expect(pages(left).push('/gone')).rejects.toBe(GONE)
  expect(left).toEqual([])
})

test('neither is a page with a bug', async () => {
  const left: string[] = []
  const router = pages(left)
  await router.push('/')
  await expect(router.push('/broken')).rejects.toThrow('a bug')
  expect(left).toEqual([])
})

test('a page has its title', async () => {
  const router = pages([])
  await router.push('/')
  expect(document.title).toBe('Events · Turnout')
})
