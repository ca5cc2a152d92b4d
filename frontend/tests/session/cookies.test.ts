import { expect, test } from 'vitest'
import { areCookiesKept } from '@/session/cookies'

test('a kept cookie is found, and deleted', () => {
  expect(areCookiesKept()).toBe(true)
  expect(document.cookie).toBe('')
})

test('a cookie that is not kept is noticed', () => {
  const page = {
    get cookie() {
      return ''
    },
    set cookie(_) {
      // Blocked cookies are dropped without an error.
    },
  }
  expect(areCookiesKept(page)).toBe(false)
})
