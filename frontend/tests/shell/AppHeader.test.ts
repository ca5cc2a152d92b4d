import { expect, test } from 'vitest'
import AppHeader from '@/shell/AppHeader.vue'
import { user } from '../support/items'
import { stage } from '../support/mounting'

/** The header at an address, for a person with a name. */
async function headerAt(path: string) {
  const on = stage()
  await on.router.push(path)
  const header = on.mount(AppHeader)
  on.server.hello('ada')
  on.server.snapshot('me', [user()])
  await header.vm.$nextTick()
  return header
}

test.each([
  ['/', []],
  ['/?when=past', []],
  ['/?when=mine', []],
  ['/new?when=mine', ['Create event']],
])('at %s the links to the current page are %j', async (path, names) => {
  const header = await headerAt(path)
  expect(header.find('[data-testid=person]').exists()).toBe(true)
  const current = header.findAll('[aria-current]')
  expect(current.map((link) => link.attributes('aria-label') ?? link.text())).toEqual(names)
})
