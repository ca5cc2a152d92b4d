import { expect, test } from 'vitest'
import { effectScope, ref } from 'vue'
import { useView, type ShownView } from '@/live/useView'
import { card } from '../support/items'
import { stage } from '../support/mounting'

function used(address: () => string | null): { view: ShownView; stop: () => void; on: ReturnType<typeof stage> } {
  const on = stage()
  const scope = effectScope()
  const view = on.run(() => scope.run(() => useView(address)))
  if (!view) throw new Error('the scope did not run')
  on.server.hello()
  return { view, stop: () => scope.stop(), on }
}

test('a view loads, then shows its items', () => {
  const { view, on } = used(() => 'a')
  expect(view.loading.value).toBe(true)
  on.server.snapshot('a', [card()])
  expect(view.loading.value).toBe(false)
  expect(view.items.value).toHaveLength(1)
})

test('after a change of the address the last items stay until the new ones have loaded', () => {
  const address = ref('a')
  const { view, on } = used(() => address.value)
  on.server.snapshot('a', [card({ id: 'old' })])
  address.value = 'b'
  expect(view.items.value.map(({ key }) => key)).toEqual(['card:old'])
  expect(view.stale.value).toBe(true)
  on.server.snapshot('b', [card({ id: 'new' })])
  expect(view.items.value.map(({ key }) => key)).toEqual(['card:new'])
  expect(view.stale.value).toBe(false)
  expect(on.server.socket.sent.map((each) => ('view' in each ? `${each.type} ${each.view}` : each.type))).toEqual([
    'watch a',
    'unwatch a',
    'watch b',
  ])
})

test('a component that unmounts stops watching', () => {
  const { stop, on } = used(() => 'a')
  stop()
  expect(on.server.socket.sent.at(-1)).toEqual({ type: 'unwatch', view: 'a' })
})

test('no address shows nothing', () => {
  const address = ref<string | null>('a')
  const { view, on } = used(() => address.value)
  on.server.snapshot('a', [card()])
  address.value = null
  expect(view.items.value).toEqual([])
  expect(view.loading.value).toBe(false)
})
