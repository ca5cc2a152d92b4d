/** A warning of Vue or of its router is a failure; what a test mounts goes with it. */
import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Thursday 26 November 2026, 19:30 in Vienna: a day before the events of `support/items.ts`. Modules may read it, too. */
const TODAY = Date.UTC(2026, 10, 26, 18, 30)

vi.setSystemTime(TODAY)
enableAutoUnmount(afterEach)

beforeEach(() => {
  vi.setSystemTime(TODAY)
  const complaints: unknown[][] = []
  vi.spyOn(console, 'warn').mockImplementation((...said) => void complaints.push(said))
  vi.spyOn(console, 'error').mockImplementation((...said) => void complaints.push(said))
  return () => expect(complaints).toEqual([])
})
