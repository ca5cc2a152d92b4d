import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import AnswerBox from '@/event-page/AnswerBox.vue'
import EventCard from '@/event-list/EventCard.vue'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { useFocusRestore } from '@/shell/useFocusRestore'
import { answerHttp } from '../support/http'
import { attendee, card, event, STARTS_AT, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

describe('the focused element is removed', () => {
  const there = ref(true)
  const page = defineComponent({
    setup() {
      useFocusRestore()
      return () =>
        h('main', [
          h('h1', 'Page'),
          h('section', [h('h2', 'Going'), h('ul', there.value ? [h('li', [h('button', 'Remove')])] : [])]),
          there.value ? h('button', { id: 'pill' }, '2 new events') : null,
          h('button', { id: 'other' }, 'Other'),
        ])
    },
  })

  beforeEach(() => {
    there.value = true
    mount(page, { attachTo: document.body })
  })

  function focus(selector: string): void {
    document.querySelector<HTMLElement>(selector)?.focus()
  }

  async function vanish(): Promise<string | null | undefined> {
    there.value = false
    await flushPromises()
    return document.activeElement === document.body ? null : document.activeElement?.textContent
  }

  test('the heading of its place has it', async () => {
    focus('li button')
    expect(await vanish()).toBe('Going')
  })

  test('the pill leaves it to the heading of the page', async () => {
    focus('#pill')
    expect(await vanish()).toBe('Page')
  })

  test('a focus that moved elsewhere stays there', async () => {
    focus('li button')
    focus('#other')
    expect(await vanish()).toBe('Other')
  })

  test('a click elsewhere is not undone', async () => {
    focus('li button')
    document.querySelector('h2')?.dispatchEvent(new Event('pointerdown', { bubbles: true }))
    ;(document.activeElement as HTMLElement).blur()
    expect(await vanish()).toBeNull()
  })
})

describe('the button stays the one that was pressed', () => {
  let on: Stage

  beforeEach(async () => {
    on = stage()
    on.run(() => useSession())
    on.server.hello('ada')
    await flushPromises()
    on.server.snapshot(ME, [user()])
  })

  test.each([
    ['on a card', EventCard, { card: card(), now: STARTS_AT - 1 }],
    ['in the answer box', AnswerBox, { event: event({ capacity: 1 }), now: STARTS_AT - 1 }],
  ])('%s', async (_, component, props) => {
    let answer: () => void = () => undefined
    answerHttp(
      () =>
        new Promise(
          (resolve) =>
            (answer = () => resolve({ status: 201, data: attendee('Ada'), headers: { 'turnout-position': 'e-9' } })),
        ),
    )
    const button = on.mount(component, props).find('button')
    button.element.focus()
    await button.trigger('click')
    await flushPromises()
    expect([document.activeElement, button.attributes('aria-disabled')]).toEqual([button.element, 'true'])
    answer()
    await flushPromises()
    expect([document.activeElement?.textContent.trim(), button.element.isConnected]).toEqual(["Can't make it", true])
  })
})
