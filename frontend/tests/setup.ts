/** What a browser has and happy-dom has not, or has otherwise. */
import { afterEach } from 'vitest'
import { enableAutoUnmount } from '@vue/test-utils'

enableAutoUnmount(afterEach)
