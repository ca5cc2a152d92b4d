import { beforeEach, expect, test, vi } from 'vitest'
import { createApp, defineComponent, h, nextTick, ref } from 'vue'
import { handleErrors, isPageWhole } from '@/shell/errors'
import { useNotices } from '@/shell/notices'
import PageBoundary from '@/shell/PageBoundary.vue'
import { stage, type Stage } from '../support/mounting'

let on: Stage
const reported = vi.fn<(error: unknown) => void>()

beforeEach(async () => {
  reported.mockClear()
  vi.stubGlobal('reportError', reported)
  on = stage()
  await on.router.push('/events/games')
  return () => vi.unstubAllGlobals()
})

const broken = new RangeError('Invalid time zone specified: Etc/Unknown')
const isBroken = ref(true)
const Page = defineComponent({
  render() {
    if (isBroken.value) throw broken
    return h('p', 'Board games')
  },
})
const Boundary = defineComponent({ render: () => h(PageBoundary, null, { default: () => h(Page) }) })

test('a page that cannot be rendered has words and a way on, and the error is reported', async () => {
  isBroken.value = true
  const wrapper = on.mount(Boundary)
  await nextTick()
  expect(wrapper.find('h1').text()).toBe("We can't show this page")
  expect(wrapper.find('button').text()).toBe('Reload page')
  expect(wrapper.find('a').attributes('href')).toBe('/')
  expect(reported.mock.calls).toEqual([[broken]])
})

test('so has a page that fails later', async () => {
  isBroken.value = false
  const wrapper = on.mount(Boundary)
  expect(wrapper.text()).toBe('Board games')
  isBroken.value = true
  await nextTick()
  await nextTick()
  expect(wrapper.text()).toContain("We can't show this page")
})

test('an error of a button leaves the page, and a notice tells the visitor', async () => {
  const Button = defineComponent({
    render: () => h('button', { onClick: () => Promise.reject(broken) }, 'Join'),
  })
  const host = document.body.appendChild(document.createElement('div'))
  const app = createApp({ render: () => h(PageBoundary, null, { default: () => h(Button) }) })
  app.use(on.router)
  handleErrors(app)
  app.mount(host)
  host.querySelector('button')?.click()
  await vi.waitFor(() => expect(reported.mock.calls).toEqual([[broken]]))
  expect(host.textContent).toBe('Join')
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual([expect.stringContaining('went wrong')])
  app.unmount()
})

test.each([
  ['native event handler', true],
  ['component event handler', true],
  ['watcher callback', true],
  ['https://vuejs.org/error-reference/#runtime-5', true],
  ['https://vuejs.org/error-reference/#runtime-1', false],
  ['https://vuejs.org/error-reference/#runtime-15', false],
  ['https://vuejs.org/error-reference/#runtime-m', false],
  ['render function', false],
  ['setup function', false],
])('after an error at "%s" the page is whole: %s', (info, expected) => {
  expect(isPageWhole(info)).toBe(expected)
})
