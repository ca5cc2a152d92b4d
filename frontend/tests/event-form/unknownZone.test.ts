import { expect, test } from 'vitest'
import { h } from 'vue'
import EditEventForm from '@/event-form/editing/EditEventForm.vue'
import { openForm, submit } from '../support/forms'
import { event } from '../support/items'
import { stage } from '../support/mounting'

test('an event in a zone that the browser does not know can be edited', async () => {
  const on = stage()
  const form = { render: () => h(EditEventForm, { event: event({ zone: 'Moon/Tycho' }) }) }
  const wrapper = await openForm(on, 'edit', form)
  expect(wrapper.text()).toContain("Your browser doesn't know this zone.")
  expect(wrapper.find('aside h3').text()).toBe('Board games')
  await wrapper.find('#date').setValue('')
  await submit(wrapper)
  expect(wrapper.text()).toContain('Enter a start date and time.')
  expect(wrapper.find('aside h3').text()).toBe('Board games')
})
