/** Opens the form of an event as a page, and works its fields and buttons. */
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, vi } from 'vitest'
import { h, type Component } from 'vue'
import { RouterView } from 'vue-router'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { user } from './items'
import { stage, type Stage } from './mounting'

const PATHS = { new: '/new', edit: '/events/abc/edit' } as const

/** The time of the tests of forms: five days before the events of `items.ts`. */
export const NOW = Date.UTC(2026, 10, 22, 12)

/** Before each test of a file it is `NOW`, nothing is stored, and `set` gets a stage on which the organizer is signed in. */
export function beforeEachOnStage(set: (on: Stage) => void): void {
  beforeEach(async () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
    localStorage.clear()
    set(await stageOfOrganizer())
  })
  afterEach(() => void vi.useRealTimers())
}

/** A stage on which Olga is signed in, who organizes the events of `items.ts`. */
async function stageOfOrganizer(): Promise<Stage> {
  const on = stage()
  on.run(() => useSession())
  on.server.hello('org')
  await flushPromises()
  on.server.snapshot(ME, [user({ id: 'org', name: 'Olga' })])
  return on
}

/** Opens a form as the page for a new event, or for the event `abc`. */
export async function openForm(on: Stage, name: keyof typeof PATHS, component: Component): Promise<VueWrapper> {
  on.router.addRoute({ path: PATHS[name], name, component })
  await on.router.push(PATHS[name])
  const wrapper = on.mount({ render: () => h(RouterView) })
  await flushPromises()
  return wrapper
}

/** The text of the first element that a selector finds. */
export function text(wrapper: VueWrapper, selector: string): string {
  return wrapper.find(selector).text()
}

/** The text in the field with an id. */
export function value(wrapper: VueWrapper, id: string): string {
  return (wrapper.find(`#${id}`).element as HTMLInputElement).value
}

export async function press(wrapper: VueWrapper, label: string): Promise<void> {
  const button = wrapper.findAll('button').find((each) => each.text() === label)
  if (!button) throw new Error(`there is no button ${label}`)
  await button.trigger('click')
  await flushPromises()
}

export async function submit(wrapper: VueWrapper): Promise<void> {
  await wrapper.find('form').trigger('submit')
  await flushPromises()
}
