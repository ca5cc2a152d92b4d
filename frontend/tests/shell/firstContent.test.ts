import { expect, test } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { whenReplaceable } from '@/shell/firstContent'

function root(html: string): Element {
  const element = document.createElement('div')
  element.innerHTML = html
  return element
}

function routerWith(page: () => Promise<object>): ReturnType<typeof createRouter> {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: page }] })
  router.onError(() => undefined)
  router.push('/').catch(() => undefined)
  return router
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([promise, Promise.resolve('pending')])) === 'pending'
}

test('an empty page, and one with words for those without JavaScript, is replaced at once', async () => {
  const router = routerWith(() => new Promise(() => undefined))
  await whenReplaceable(root(''), router)
  await whenReplaceable(root('<noscript><p>No</p></noscript>'), router)
  await whenReplaceable(null, router)
})

test('content stays until the page has loaded', async () => {
  let load: (page: object) => void = () => undefined
  const replaceable = whenReplaceable(
    root('<main>Jazz</main>'),
    routerWith(() => new Promise((resolve) => (load = resolve))),
  )
  await new Promise((resolve) => setTimeout(resolve))
  expect(await isPending(replaceable)).toBe(true)
  load({ render: () => null })
  await replaceable
})

test('content is replaced if the page does not load', async () => {
  await whenReplaceable(
    root('<main>Jazz</main>'),
    routerWith(() => Promise.reject(new Error('no such chunk'))),
  )
})
