import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import { effectScope, nextTick, ref, shallowRef, type ComputedRef } from 'vue'
import TagsFilter from '@/event-list/TagsFilter.vue'
import type { Query } from '@/event-list/useEventsQuery'
import { commonTags, useTags } from '@/event-list/useTags'
import { card } from '../support/items'

const tagged = (...tags: string[]): ReturnType<typeof card> => card({ tags })

test('the commonest tags come first, and only as many as fit', () => {
  expect(commonTags([tagged('music', 'food'), tagged('food'), tagged('art')])).toEqual(['food', 'art', 'music'])
  expect(commonTags([tagged('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')])).toHaveLength(8)
})

describe('the tags to choose from', () => {
  const WHOLE: Query = { when: 'upcoming', q: '', tag: '', limit: 50 }
  const cards = shallowRef([tagged('food')])
  const query = ref(WHOLE)
  const answered = ref('')
  let tags: ComputedRef<readonly string[]>

  async function ask(change: Partial<Query>, ...answer: ReturnType<typeof card>[]): Promise<readonly string[]> {
    query.value = { ...WHOLE, ...change }
    await nextTick()
    cards.value = answer
    answered.value = JSON.stringify(query.value)
    await nextTick()
    return tags.value
  }

  beforeEach(() => {
    cards.value = []
    query.value = WHOLE
    answered.value = ''
    const found = effectScope().run(() =>
      useTags(
        () => cards.value,
        () => query.value,
        () => answered.value,
      ),
    )
    if (!found) throw new Error('the scope has ended')
    tags = found
  })

  test('stay while the list changes or is narrowed down', async () => {
    expect(await ask({}, tagged('food'))).toEqual(['food'])
    expect(await ask({}, tagged('art'), tagged('food'))).toEqual(['food'])
    expect(await ask({ q: 'x' }, tagged('art'))).toEqual(['food'])
  })

  test('are those of the list that is open', async () => {
    await ask({}, tagged('food'))
    expect(await ask({ when: 'past' }, tagged('art'))).toEqual(['art'])
    expect(await ask({ when: 'mine' })).toEqual([])
  })

  test('have the chosen one among them', async () => {
    await ask({}, tagged('food'))
    expect(await ask({ tag: 'rare' }, tagged('rare'))).toEqual(['rare', 'food'])
  })

  test('come from the search results if the page starts with a search', async () => {
    expect(await ask({ q: 'x' }, tagged('art'))).toEqual(['art'])
    expect(await ask({}, tagged('food'))).toEqual(['food'])
  })
})

test('a tag is chosen, and let go, by the same button', async () => {
  const filter = mount(TagsFilter, { props: { tags: ['food', 'art'], chosen: '' } })
  const [food] = filter.findAll('button')
  await food?.trigger('click')
  await filter.setProps({ chosen: 'food' })
  expect(food?.attributes('aria-label')).toBe('Remove the tag food')
  await food?.trigger('click')
  expect(filter.emitted('choose')).toEqual([['food'], ['']])
})
