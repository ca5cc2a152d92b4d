import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { h } from 'vue'
import { RouterView } from 'vue-router'
import NewEventPage from '@/event-form/NewEventPage.vue'
import { useSession } from '@/session/session'
import { sessionServer } from '../support/http'
import { stage } from '../support/mounting'

test('nothing is being saved while the name dialog waits for a name', async () => {
  const on = stage()
  on.server.hello(null)
  on.router.addRoute({ path: '/new', name: 'new', component: NewEventPage })
  await on.router.push('/new')
  const wrapper = on.mount({ render: () => h(RouterView) })
  sessionServer()
  await wrapper.find('#title').setValue('Chess')
  await wrapper.find('form').trigger('submit')
  await flushPromises()
  const session = on.run(() => useSession())
  expect(session.namePrompt).not.toBeNull()
  expect(wrapper.find('button[type=submit]').text()).toBe('Create event')
  session.closeNamePrompt(null)
})
