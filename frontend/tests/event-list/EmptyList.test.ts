import { expect, test } from 'vitest'
import EmptyList from '@/event-list/EmptyList.vue'
import { stage } from '../support/mounting'

test('the way from an empty search to all events is no current page', async () => {
  const on = stage()
  await on.router.push('/?q=chess')
  const list = on.mount(EmptyList, { query: { when: 'upcoming', q: 'chess', tag: '', from: '' } })
  const link = list.get('a')
  expect([link.text(), link.attributes('aria-current')]).toEqual(['See all events', undefined])
})
