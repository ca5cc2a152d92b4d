import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { useEvent, type LiveEvent } from '@/event-page/useEvent'
import { event } from '../support/items'
import { stage } from '../support/mounting'

test.each([
  ['unavailable', { shown: 'abc', fail: undefined, trouble: 'Too many views are open.' }],
  ['event-not-found', { shown: 'abc', fail: 'event-not-found', trouble: null }],
])('after a fail with the code %s, the page knows whether the event is only paused', async (code, expected) => {
  const on = stage()
  let live: LiveEvent | undefined
  on.mount(
    defineComponent(() => {
      live = useEvent(() => 'abc')
      return () => h('div')
    }),
  )
  on.server.hello()
  on.server.snapshot('events/abc', [event({ id: 'abc' })])
  await flushPromises()
  on.server.socket.say({ type: 'fail', view: 'events/abc', code, detail: 'Too many views are open.' })
  expect({
    shown: live?.event.value?.id,
    fail: live?.fail.value?.code,
    trouble: live?.trouble.value,
  }).toEqual(expected)
})
