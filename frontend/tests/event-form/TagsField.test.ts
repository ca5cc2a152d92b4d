import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import TagsField from '@/event-form/TagsField.vue'
import { tagsProblem, withTags } from '@/event-form/tags'

const PASTED = 'live music, outdoors, family friendly, dogs welcome'
const TAGS = ['live music', 'outdoors', 'family friendly', 'dogs welcome']

function field() {
  const wrapper = mount(TagsField, {
    props: {
      modelValue: [] as string[],
      problem: undefined,
      'onUpdate:modelValue': (modelValue: string[]) => wrapper.setProps({ modelValue }),
    },
  })
  return wrapper
}

function chosen(wrapper: ReturnType<typeof field>): string[] {
  return wrapper.findAll('li').map((each) => each.text())
}

test('pasted tags are all added, and the field cuts none of them', async () => {
  const wrapper = field()
  expect(wrapper.find('input').attributes('maxlength')).toBeUndefined()
  await wrapper.find('input').setValue(PASTED)
  expect(chosen(wrapper)).toEqual(TAGS)
  expect(wrapper.find('input').element.value).toBe('')
})

test.each(['a, b', 'a，b', 'a、b', 'a،b', 'a\nb', ' A ,\u202ab\u202c,, a'])('%j holds two tags', (text) => {
  expect(withTags([], text)).toEqual(['a', 'b'])
})

test('tags that do not fit stay, with the reason', () => {
  const long = 'x'.repeat(26)
  expect(withTags(['a'], `${long},b`)).toEqual(['a', long, 'b'])
  expect(tagsProblem(['a', long])).toBe(`“${long}”: 2 characters too many. A tag has up to 24.`)
  expect(tagsProblem(withTags([], 'a,b,c,d,e,f,g,h,i,j'))).toBe('Up to 8 tags. Remove 2.')
})
