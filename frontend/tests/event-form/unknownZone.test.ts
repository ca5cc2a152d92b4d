import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { h } from 'vue'
import { RouterView } from 'vue-router'
import EditEventForm from '@/event-form/editing/EditEventForm.vue'
import { event } from '../support/items'
import { stage } from '../support/mounting'

test('an event in a zone that the browser does not know can be edited', async () => {
  const on = stage()
  const form = { render: () => h(EditEventForm, { event: event({ zone: 'Moon/Tycho' }) }) }
  on.router.addRoute({ path: '/events/abc/edit', name: 'edit', component: form })
  await on.router.push('/events/abc/edit')
  const wrapper = on.mount({ render: () => h(RouterView) })
  await flushPromises()
  expect(wrapper.text()).toContain("Your browser doesn't know this zone.")
  expect(wrapper.find('aside h3').text()).toBe('Board games')
  await wrapper.find('#date').setValue('')
  await wrapper.find('form').trigger('submit')
  await flushPromises()
  expect(wrapper.text()).toContain('Enter a start date and time.')
  expect(wrapper.find('aside h3').text()).toBe('Board games')
})
