import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h, shallowRef, type ComputedRef } from 'vue'
import TagsFilter from '@/event-list/TagsFilter.vue'
import type { Query } from '@/event-list/useEventsQuery'
import { inStableOrder, isSameTag, useTags, withChosen, type TagCount } from '@/event-list/useTags'
import type { TagItem } from '@/live/generated'
import { useSession } from '@/session/session'
import { stage } from '../support/mounting'

const count = (tag: string, total: number): TagCount => ({ tag, total })
const item = (tag: string, total: number): TagItem => ({ kind: 'tag', key: `tag:${tag}`, rank: -total, tag, total })

test('tags stay in their order while the numbers change; new ones follow', () => {
  const shown = [count('food', 3), count('art', 2), count('go', 1)]
  const now = [count('art', 5), count('music', 4), count('food', 3)]
  expect(inStableOrder(shown, now)).toEqual([count('food', 3), count('art', 5), count('go', 0), count('music', 4)])
})

test('the chosen one is always among them, in any case', () => {
  const tags = [count('food', 3)]
  expect(withChosen(tags, '')).toBe(tags)
  expect(withChosen(tags, 'FOOD')).toBe(tags)
  expect(withChosen(tags, 'rare')).toEqual([{ tag: 'rare', total: null }, count('food', 3)])
})

test('they are those of the open list, whatever it is filtered by', async () => {
  const on = stage()
  const query = shallowRef<Query>({ when: 'upcoming', q: '', tag: '', from: '' })
  let tags: ComputedRef<readonly TagCount[]> | undefined
  on.mount(
    defineComponent(() => {
      tags = useTags(() => query.value)
      return () => h('div')
    }),
  )
  on.server.hello()
  on.server.snapshot('tags?when=upcoming', [item('food', 2), item('art', 1)])
  await flushPromises()
  expect(tags?.value).toMatchObject([count('food', 2), count('art', 1)])
  query.value = { ...query.value, q: 'x' }
  on.server.patch('tags?when=upcoming', 'e-2', [item('art', 3)])
  await flushPromises()
  expect(tags?.value).toMatchObject([count('food', 2), count('art', 3)])
  query.value = { ...query.value, when: 'past' }
  on.server.snapshot('tags?when=past', [item('music', 9)])
  await flushPromises()
  expect(tags?.value).toMatchObject([count('music', 9)])
})

test.each([
  ['mine', 'me/tags?when=upcoming'],
  ['mine-past', 'me/tags?when=past'],
] as const)('those of the part %s of one’s own events are at %s, and a visitor has none', async (when, view) => {
  const on = stage()
  on.run(() => useSession())
  let tags: ComputedRef<readonly TagCount[]> | undefined
  on.mount(
    defineComponent(() => {
      tags = useTags(() => ({ when, q: '', tag: '', from: '' }))
      return () => h('div')
    }),
  )
  on.server.hello(null)
  await flushPromises()
  expect(JSON.stringify(on.server.socket.sent)).not.toContain('me/')
  on.live.restart('ada')
  on.server.hello('ada')
  await flushPromises()
  on.server.snapshot(view, [item('chess', 1)])
  await flushPromises()
  expect(tags?.value).toMatchObject([count('chess', 1)])
})

test.each([
  ['ΟΔΟΣ', 'οδος', true],
  ['music', 'Music', true],
  ['music', 'musical', false],
])('the tags %s and %s are the same: %s', (one, other, expected) => expect(isSameTag(one, other)).toBe(expected))

test('a tag is chosen, and let go, by the same button', async () => {
  const filter = mount(TagsFilter, { props: { tags: [count('food', 1200), count('art', 1)], chosen: '' } })
  const [food] = filter.findAll('button')
  expect(food?.text()).toBe('food1,200 events')
  await food?.trigger('click')
  await filter.setProps({ chosen: 'Food' })
  expect(food?.attributes('aria-label')).toBe('Remove the tag food')
  await food?.trigger('click')
  expect(filter.emitted('choose')).toEqual([['food'], ['']])
})

test('further tags are shown on demand', async () => {
  const tags = Array.from('abcdefghijkl', (tag) => count(tag, 1))
  const filter = mount(TagsFilter, { props: { tags, chosen: 'l' } })
  const texts = (): string[] => filter.findAll('button').map((each) => each.text().charAt(0))
  expect(texts().join('')).toBe('abcdefghlM')
  const more = filter.findAll('button').at(-1)
  expect(more?.attributes('aria-expanded')).toBe('false')
  await more?.trigger('click')
  expect(texts().join('')).toBe('abcdefghijklF')
})
