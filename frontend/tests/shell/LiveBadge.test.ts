import { expect, test } from 'vitest'
import { nextTick } from 'vue'
import LiveBadge from '@/shell/LiveBadge.vue'
import { stage } from '../support/mounting'

test('the badge names the state of the connection', async () => {
  const on = stage()
  const badge = on.mount(LiveBadge)
  expect(badge.attributes('role')).toBe('status')
  expect(badge.text()).toBe('Connecting')
  on.server.hello()
  await nextTick()
  expect(badge.text()).toBe('Live')
  on.server.socket.drop()
  await nextTick()
  expect(badge.text()).toBe('Reconnecting')
  on.live.state.value = 'polling'
  await nextTick()
  expect([badge.text(), badge.attributes('title')]).toEqual(['Every 15 s', expect.stringContaining('every 15 seconds')])
  on.live.onOffline()
  await nextTick()
  expect(badge.text()).toBe('Offline')
})
