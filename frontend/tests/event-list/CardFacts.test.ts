import { expect, test } from 'vitest'
import CardFacts from '@/event-list/CardFacts.vue'
import { card } from '../support/items'
import { stage } from '../support/mounting'

test('a tag keeps the list that is open and its words', async () => {
  const on = stage()
  await on.router.push('/?when=past&q=go&tag=music&from=2026-11-01')
  const link = on.mount(CardFacts, { card: card({ tags: ['board games'], link: '' }) }).find('a')
  expect(link.attributes('href')).toBe('/?when=past&q=go&tag=board+games')
})
