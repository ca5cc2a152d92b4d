/** Conflicts of an edit with changes that were made here, or that are the same. */
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { h, shallowRef } from 'vue'
import EditEventForm from '@/event-form/editing/EditEventForm.vue'
import type { EventItem } from '@/live/generated'
import { openForm } from '../support/forms'
import { answerHttp, problem, type Call } from '../support/http'
import { event } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const shown = shallowRef(event())
let on: Stage

beforeEach(() => {
  on = stage()
  shown.value = event()
})

afterEach(() => localStorage.clear())

function page(): Promise<VueWrapper> {
  return openForm(on, 'edit', { render: () => h(EditEventForm, { event: shown.value }) })
}

/** Loses the answers to the first save, twice. The event is `now` then, and edits of another version conflict. */
function loseFirstSave(now: EventItem): Call[] {
  let count = 0
  return answerHttp(({ headers }) => {
    count += 1
    if (count <= 2) return { status: 0 }
    if (headers['If-Match'] === `"${String(now.version)}"`) return { status: 200, data: now }
    const { data, status } = problem(412, 'version-conflict', 'The event was changed in the meantime.')
    return { status, data: { ...(data as object), event: now } }
  })
}

async function save(wrapper: VueWrapper, title: string): Promise<void> {
  await wrapper.find('#title').setValue(title)
  await wrapper.find('form').trigger('submit')
}

async function saveWithoutAnswer(wrapper: VueWrapper, title: string): Promise<void> {
  await save(wrapper, title)
  await vi.waitFor(() => expect(wrapper.find('[role=alert]').text()).toContain('No answer from the server'))
}

async function expectSaved(): Promise<void> {
  await vi.waitFor(() => expect(on.router.currentRoute.value.path).toBe('/events/abc'))
}

test('one’s own save without an answer is no conflict', async () => {
  const calls = loseFirstSave(event({ version: 2, title: 'Chess club' }))
  const wrapper = await page()
  await saveWithoutAnswer(wrapper, 'Chess  club')
  await save(wrapper, 'Go')
  await expectSaved()
  expect(calls.slice(1).map(({ body, headers }) => [body, headers['If-Match']])).toEqual([
    [{ title: 'Chess club' }, '"1"'],
    [{ title: 'Go' }, '"1"'],
    [{ title: 'Go' }, '"2"'],
  ])
})

test('the same change by another save is no conflict', async () => {
  loseFirstSave(event({ version: 3, title: 'Go' }))
  const wrapper = await page()
  await saveWithoutAnswer(wrapper, 'Chess')
  await save(wrapper, 'Go')
  await expectSaved()
})

test('another change beside one’s own is the only one that is listed', async () => {
  const theirs = event({ version: 3, title: 'Chess', place: 'The attic' })
  const calls = loseFirstSave(theirs)
  const wrapper = await page()
  await saveWithoutAnswer(wrapper, 'Chess')
  shown.value = theirs
  await vi.waitFor(() => expect(wrapper.find('.bg-well[role=status]').text()).toContain('“The depot” → “The attic”'))
  expect(wrapper.find('.bg-well[role=status]').text()).not.toContain('Title')
  await save(wrapper, 'Go')
  await expectSaved()
  expect(calls.at(-1)).toMatchObject({ body: { title: 'Go' }, headers: { 'If-Match': '"3"' } })
})

test('a title that somebody else changed after one’s own save is a conflict', async () => {
  loseFirstSave(event({ version: 3, title: 'Poker' }))
  const wrapper = await page()
  await saveWithoutAnswer(wrapper, 'Chess')
  await save(wrapper, 'Go')
  await vi.waitFor(() => expect(wrapper.text()).toContain('Title: theirs “Poker”, yours “Go”'))
})
