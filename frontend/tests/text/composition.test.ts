import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import EventsFilter from '@/event-list/EventsFilter.vue'
import TagsField from '@/event-form/TagsField.vue'
import { isComposing } from '@/text/composition'
import { stage } from '../support/mounting'

const QUERY = { when: 'upcoming', q: '', tag: '', limit: 50 } as const

test.each([
  ['a key in a composition', { key: 'Enter', isComposing: true }, true],
  ['the key that ended it, in Safari', { key: 'Enter', keyCode: 229 }, true],
  ['a key', { key: 'Enter', keyCode: 13 }, false],
])('%s composes: %j', (_, init, expected) => {
  expect(isComposing(new KeyboardEvent('keydown', init))).toBe(expected)
})

test.each([{ isComposing: true }, { keyCode: 229 }])('Enter that picks a candidate (%j) adds no tag', async (init) => {
  const wrapper = mount(TagsField, { props: { modelValue: [], problem: undefined } })
  const field = wrapper.find('input')
  field.element.value = 'ぼーど'
  await field.trigger('input', { isComposing: true })
  field.element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, ...init }))
  expect(wrapper.emitted('update:modelValue')).toBeUndefined()
  field.element.value = 'ボード'
  await field.trigger('compositionend')
  await field.trigger('keydown', { key: 'Enter', keyCode: 13 })
  expect(wrapper.emitted('update:modelValue')).toEqual([[['ボード']]])
})

test('a comma inside a composition splits nothing until it ends', async () => {
  const wrapper = mount(TagsField, { props: { modelValue: [], problem: undefined } })
  const field = wrapper.find('input')
  field.element.value = 'ぼ、'
  await field.trigger('input', { isComposing: true })
  expect(field.element.value).toBe('ぼ、')
  field.element.value = '棒、'
  await field.trigger('compositionend')
  expect(wrapper.emitted('update:modelValue')).toEqual([[['棒']]])
})

test('a search starts when the composition ends', async () => {
  const filter = stage().mount(EventsFilter, { query: QUERY, tags: [] })
  const field = filter.find('input')
  field.element.value = 'おと'
  await field.trigger('input', { isComposing: true })
  expect(filter.emitted('ask')).toBeUndefined()
  field.element.value = '音'
  await field.trigger('compositionend')
  expect(filter.emitted('ask')).toEqual([[{ q: '音' }]])
})
