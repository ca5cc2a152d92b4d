import { expect, test } from 'vitest'
import { useNotices } from '@/shell/notices'
import { reportFailedSignIns } from '@/sign-in/failedSignIn'
import { stage } from '../support/mounting'

test('a sign-in that failed at the provider is said once, on any page', async () => {
  const on = stage()
  reportFailedSignIns(on.router)
  await on.router.push('/you?sign-in=failed&when=mine')
  expect(on.router.currentRoute.value.fullPath).toBe('/you?when=mine')
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual([
    "Signing in didn't work. Try again, or come back in another way.",
  ])
})
