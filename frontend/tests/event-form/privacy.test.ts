import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { bodyOf, draftOf, editOf, previewOf, withTextsOf } from '@/event-form/draft'
import EditEventPage from '@/event-form/EditEventPage.vue'
import { merge } from '@/event-form/editing/merge'
import { draftKey, loadDraft } from '@/event-form/kept-drafts/storedDrafts'
import NewEventPage from '@/event-form/NewEventPage.vue'
import { OPEN_TO_ALL, privacySummary } from '@/event-form/privacy'
import { eventAddress } from '@/live/addresses'
import { beforeEachOnStage, NOW, openForm, submit } from '../support/forms'
import { answerHttp } from '../support/http'
import { event } from '../support/items'
import type { Stage } from '../support/mounting'

const BASE = draftOf(event())

describe('the settings of privacy', () => {
  test('are open to all unless the event says otherwise', () => {
    expect(BASE).toMatchObject(OPEN_TO_ALL)
    expect(draftOf(event({ visibility: 'private', guest_hint: 'counts' }))).toMatchObject({
      ...OPEN_TO_ALL,
      visibility: 'private',
      guest_hint: 'counts',
    })
  })

  test('are part of a body, and of an edit where they differ', () => {
    expect(bodyOf(BASE)).toMatchObject(OPEN_TO_ALL)
    expect(editOf(BASE, { ...BASE, joining: 'request' })).toEqual({ joining: 'request' })
  })

  test('can change when times and seats cannot', () => {
    expect(withTextsOf({ ...BASE, visibility: 'unlisted', capacity: '9' }, BASE)).toEqual({
      ...BASE,
      visibility: 'unlisted',
    })
  })

  test('mark the preview only where they differ from open to all', () => {
    expect(previewOf(BASE, 'Olga', NOW, null)).not.toHaveProperty('visibility')
    expect(previewOf({ ...BASE, visibility: 'private' }, 'Olga', NOW, null)).toMatchObject({ visibility: 'private' })
  })

  test('are said in one line, without what does not count', () => {
    expect(privacySummary(BASE)).toBe('Public, open to join, everyone sees the guests')
    expect(
      privacySummary({ visibility: 'private', joining: 'invitation', guest_list: 'hosts', guest_hint: 'counts' }),
    ).toBe('Private, by invitation, only hosts see the guests, others see only numbers')
  })

  test('two hosts who choose differently have to choose once more', () => {
    const [mine, theirs] = [{ ...BASE, joining: 'request' } as const, { ...BASE, joining: 'invitation' } as const]
    expect(merge(BASE, mine, theirs).conflicts).toEqual(['joining'])
    expect(merge(BASE, BASE, { ...BASE, visibility: 'private' }).adopted).toEqual([
      { part: 'visibility', label: 'Who sees the event', was: 'Public', is: 'Private' },
    ])
  })

  test('a draft of a version without them is not lost', () => {
    const { visibility, joining, guest_list, guest_hint, ...former } = { ...BASE, title: 'Typed before' }
    expect([visibility, joining, guest_list, guest_hint]).toEqual(Object.values(OPEN_TO_ALL))
    const key = draftKey('org', 'abc')
    localStorage.setItem(key, JSON.stringify({ draft: former, base: null, at: NOW }))
    expect(loadDraft(key, BASE, NOW)?.draft).toEqual({ ...BASE, title: 'Typed before' })
  })
})

describe('the form', () => {
  let on: Stage
  beforeEachOnStage((fresh) => (on = fresh))

  test('sends what is chosen, and says it in the folded line', async () => {
    const page = await openForm(on, 'new', NewEventPage)
    const calls = answerHttp(() => ({ status: 201, data: event() }))
    await page.find('#title').setValue('Go')
    await page.find('input[name=visibility][value=private]').setValue()
    await page.find('input[name=guest_list][value=hosts]').setValue()
    await page.find('input[name=guest_hint][value=counts]').setValue()
    expect(page.find('summary').text()).toContain('Private, open to join, only hosts see the guests, others see only')
    await submit(page)
    expect(calls[0]?.body).toMatchObject({ visibility: 'private', guest_list: 'hosts', guest_hint: 'counts' })
  })

  test('asks what others see of the guests only where the list is hidden from some', async () => {
    const page = await openForm(on, 'new', NewEventPage)
    expect(page.find('input[name=guest_hint]').exists()).toBe(false)
    await page.find('input[name=guest_list][value=going]').setValue()
    expect(page.find('input[name=guest_hint]').exists()).toBe(true)
  })

  test('is open to a co-host, and offers no way of joining after the end', async () => {
    const page = await openForm(on, 'edit', defineComponent({ render: () => h(EditEventPage, { id: 'abc' }) }))
    const cohosts = [{ id: 'org', name: 'Olga' }]
    const item = event({ organizer: { id: 'ada', name: 'Ada' }, cohosts, ends_at: NOW - 1 })
    on.server.snapshot(eventAddress('abc'), [item])
    await flushPromises()
    expect(page.find('input[name=visibility]').exists()).toBe(true)
    expect(page.find('input[name=joining]').exists()).toBe(false)
  })
})
