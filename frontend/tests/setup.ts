/** A warning of Vue or of its router is a failure; what a test mounts goes with it. */
import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, vi } from 'vitest'

enableAutoUnmount(afterEach)

beforeEach(() => {
  const complaints: unknown[][] = []
  vi.spyOn(console, 'warn').mockImplementation((...said) => void complaints.push(said))
  vi.spyOn(console, 'error').mockImplementation((...said) => void complaints.push(said))
  return () => expect(complaints).toEqual([])
})
