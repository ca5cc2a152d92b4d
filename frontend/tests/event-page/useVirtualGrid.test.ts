import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import PeopleList from '@/event-page/PeopleList.vue'
import { ALL_MAX_ITEMS } from '@/event-page/useVirtualGrid'
import { attendee } from '../support/items'
import { stage } from '../support/mounting'

/** The tests' DOM has no layout: one column, and this height for each row. */
const ROW_PX = 44

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(ROW_PX)
  window.scrollTo(0, 0)
})

async function list(count: number, seats = count): Promise<VueWrapper> {
  const people = Array.from({ length: count }, (_, rank) => attendee(`P${String(rank)}`, { rank }))
  const hosts = [{ id: 'org', name: 'Olga' }]
  const props = { event: 'abc', status: 'going', hosts, others: [], me: null, removable: true }
  const wrapper = stage().mount(PeopleList, { ...props, people, seats })
  await flushPromises()
  return wrapper
}

async function scroll(y: number): Promise<void> {
  window.scrollTo(0, y)
  window.dispatchEvent(new Event('scroll'))
  await flushPromises()
}

const rendered = (wrapper: VueWrapper): string[] =>
  wrapper.findAll('[data-attendee]').map((each) => each.attributes('data-attendee') ?? '')

test('a short list renders everyone, without positions', async () => {
  const wrapper = await list(ALL_MAX_ITEMS)
  expect(rendered(wrapper)).toHaveLength(ALL_MAX_ITEMS)
  expect(wrapper.find('[aria-posinset], [role=presentation]').exists()).toBe(false)
})

test('a long list renders the rows near the window only', async () => {
  const wrapper = await list(3_000)
  expect(rendered(wrapper)[0]).toBe('p0')
  expect(rendered(wrapper).length).toBeLessThan(40)
  await scroll(1_500 * ROW_PX)
  expect(rendered(wrapper)).toContain('p1500')
  expect(rendered(wrapper)).not.toContain('p0')
  expect(rendered(wrapper).length).toBeLessThan(60)
  expect(wrapper.findAll('[role=presentation]')).toHaveLength(2)
})

test('its items have their positions; the size is unknown while there are more to load', async () => {
  const item = (await list(3_000)).find('[data-attendee=p2]')
  expect(item.attributes()).toMatchObject({ 'aria-posinset': '3', 'aria-setsize': '3000' })
  expect((await list(100, 5_000)).find('[data-attendee=p2]').attributes('aria-setsize')).toBe('-1')
})

test('an item with the focus stays, with its neighbours', async () => {
  const wrapper = await list(3_000)
  const button = wrapper.find<HTMLElement>('[data-attendee=p3] button').element
  button.focus()
  await scroll(1_500 * ROW_PX)
  expect(rendered(wrapper).slice(0, 3)).toEqual(['p2', 'p3', 'p4'])
  expect(document.activeElement).toBe(button)
})

test('a print shows everyone', async () => {
  const wrapper = await list(200)
  window.dispatchEvent(new Event('beforeprint'))
  await flushPromises()
  expect(rendered(wrapper)).toHaveLength(200)
  window.dispatchEvent(new Event('afterprint'))
  await flushPromises()
  expect(rendered(wrapper).length).toBeLessThan(60)
})
