import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import SearchField from '@/event-list/SearchField.vue'

test('a button with a name clears the field, and the focus stays in it', async () => {
  const field = mount(SearchField, { attachTo: document.body, props: { words: '' } })
  expect(field.find('button').exists()).toBe(false)
  await field.setProps({ words: 'jazz' })
  const button = field.find('button')
  expect(button.attributes('aria-label')).toBe('Clear search')
  await button.trigger('click')
  expect(field.emitted('search')).toEqual([['']])
  expect(document.activeElement).toBe(field.find('input').element)
})

test('Escape clears it, unless it ends the composition of an input method', async () => {
  const field = mount(SearchField, { props: { words: 'jazz' } })
  await field.find('input').trigger('keydown', { key: 'Escape', isComposing: true })
  expect(field.emitted('search')).toBeUndefined()
  await field.find('input').trigger('keydown', { key: 'Escape' })
  expect(field.emitted('search')).toEqual([['']])
})
