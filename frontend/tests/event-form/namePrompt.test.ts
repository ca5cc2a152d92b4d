import { expect, test } from 'vitest'
import NewEventPage from '@/event-form/NewEventPage.vue'
import { useSession } from '@/session/session'
import { openForm, submit } from '../support/forms'
import { sessionServer } from '../support/http'
import { stage } from '../support/mounting'

test('nothing is being saved while the name dialog waits for a name', async () => {
  const on = stage()
  on.server.hello(null)
  const wrapper = await openForm(on, 'new', NewEventPage)
  sessionServer()
  await wrapper.find('#title').setValue('Chess')
  await submit(wrapper)
  const session = on.run(() => useSession())
  expect(session.namePrompt).not.toBeNull()
  expect(wrapper.find('button[type=submit]').text()).toBe('Create event')
  session.closeNamePrompt(null)
})
