import { expect, test } from 'vitest'
import { createPages } from '@/router'

test('a page has its title', async () => {
  await createPages().push('/')
  expect(document.title).toBe('Events · Turnout')
})
