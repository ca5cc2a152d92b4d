import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import ShareDialog from '@/sharing/ShareDialog.vue'
import { shortAddress, type Shared } from '@/sharing/sharing'
import { answerHttp, callsOf, type Call } from '../support/http'
import { stage, type Stage } from '../support/mounting'

const EVENT: Shared = { id: 'abc', title: 'Board games', isPrivate: false, isHost: true }
const HTML = '<iframe src="https://events.example/embed/events/abc"></iframe>'

let on: Stage
let calls: Call[]
let dialog: VueWrapper
beforeEach(() => {
  on = stage()
})

async function open(change: Partial<Shared> = {}, html: string | undefined = HTML): Promise<HTMLElement> {
  calls = answerHttp(() => ({ status: 200, data: { type: html ? 'rich' : 'link', title: EVENT.title, html } }))
  dialog = on.mount(ShareDialog, { shared: { ...EVENT, ...change } })
  await flushPromises()
  const shown = document.querySelector<HTMLElement>('[role=dialog]')
  if (!shown) throw new Error('no dialog')
  return shown
}

function button(shown: HTMLElement, label: string): HTMLButtonElement | undefined {
  return [...shown.querySelectorAll('button')].find((each) => each.textContent.trim() === label)
}

test('the link is the short one', async () => {
  const shown = await open()
  expect(shown.querySelector('input')?.value).toBe(shortAddress('abc'))
  expect(new URL(shortAddress('abc')).pathname).toBe('/e/abc')
})

test('a copy is confirmed, and a browser that refuses it is explained', async () => {
  const shown = await open()
  const writeText = vi
    .fn<(text: string) => Promise<void>>()
    .mockResolvedValueOnce()
    .mockRejectedValueOnce(new Error('no'))
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue({ writeText } as unknown as Clipboard)
  button(shown, 'Copy link')?.click()
  await flushPromises()
  expect(writeText).toHaveBeenCalledWith(shortAddress('abc'))
  expect(shown.textContent).toContain('The link is copied.')
  button(shown, 'Copy link')?.click()
  await flushPromises()
  expect(shown.textContent).toContain('Select the text and copy it.')
})

test('a host gets the code for another page, if the operator allows frames', async () => {
  const shown = await open()
  expect(shown.querySelector('textarea')?.value).toBe(HTML)
  expect(callsOf(calls)).toHaveLength(1)
  dialog.unmount()
  expect((await open({}, '')).querySelector('textarea')).toBeNull()
})

test.each([
  { isHost: false, isPrivate: false },
  { isHost: true, isPrivate: true },
])('nobody else is offered a frame, and there is none of a private event: %o', async (change) => {
  const shown = await open(change)
  expect(shown.querySelector('textarea')).toBeNull()
  expect(calls).toEqual([])
})

test('the link of a private event promises nothing', async () => {
  expect((await open({ isPrivate: true })).textContent).toContain('Only guests and people with an invitation')
})
