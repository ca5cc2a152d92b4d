import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import GuestsDesk from '@/hosts/GuestsDesk.vue'
import type { Role } from '@/hosts/role'
import { useDesk } from '@/hosts/useDesk'
import { deskAddress } from '@/live/addresses'
import type { WebhookItem } from '@/live/generated'
import type { Item } from '@/live/replica'
import { useConfirmation } from '@/shell/confirmation'
import { useNotices } from '@/shell/notices'
import { answerHttp, callsOf, problem, type Answer, type Call } from '../support/http'
import { event } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const DESK = deskAddress('abc')
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const PART = '[data-testid=webhooks]'

let on: Stage
let calls: Call[]
let offer: Answer
let added: Answer

function webhook(id = 'w1', host = 'hooks.example'): WebhookItem {
  return { kind: 'webhook', key: `webhook:${id}`, rank: 1, id, host, made_at: Date.now() }
}

beforeEach(async () => {
  on = stage()
  offer = { status: 200, data: { maximum: 2 } }
  added = { status: 201, data: { id: 'w1', host: 'hooks.example', made_at: 1, secret: SECRET } }
  calls = answerHttp(({ method }) => (method === 'get' ? offer : method === 'post' ? added : { status: 204 }))
  on.server.hello('org')
  await flushPromises()
})

async function open(items: Item[] = [], role: Role = 'organizer'): Promise<VueWrapper> {
  const page = defineComponent(() => {
    const desk = useDesk(() => 'abc')
    return () => h(GuestsDesk, { event: event(), role, desk, open: true })
  })
  const shown = on.mount(page)
  on.server.snapshot(DESK, items)
  await flushPromises()
  return shown
}

async function add(page: VueWrapper, url: string): Promise<void> {
  await page.find(`${PART} input`).setValue(url)
  await page.find(`${PART} form`).trigger('submit')
  await flushPromises()
}

const hosts = (page: VueWrapper): string[] => page.findAll('[data-testid=webhook] bdi').map((each) => each.text())

test('the organizer sees the webhooks, live', async () => {
  const page = await open([webhook()])
  expect(hosts(page)).toEqual(['hooks.example'])
  expect(page.find('[data-testid=webhook]').text()).toContain('added today')
  on.server.patch(DESK, 'e-2', [webhook('w2', 'other.example')], ['webhook:w1'])
  await flushPromises()
  expect(hosts(page)).toEqual(['other.example'])
})

test('a co-host neither sees nor asks for them', async () => {
  const page = await open([webhook()], 'co-host')
  expect(page.find(PART).exists()).toBe(false)
  expect(callsOf(calls)).toEqual([])
})

test('the secret of a new webhook is shown once, and copied', async () => {
  const page = await open()
  await add(page, 'https://hooks.example/a')
  expect(calls.at(-1)).toMatchObject({ url: '/api/events/abc/webhooks', body: { url: 'https://hooks.example/a' } })
  on.server.patch(DESK, 'e-2', [webhook()])
  await flushPromises()
  expect(page.find('[data-testid=webhook-secret]').text()).toBe(SECRET)
  expect(page.find(PART).text()).toContain("you can't see it again")
  expect(page.find(`${PART} a`).attributes()).toMatchObject({ href: 'https://www.standardwebhooks.com' })
  expect((page.find(`${PART} input`).element as HTMLInputElement).value).toBe('')
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  const copy = page.findAll(`${PART} button`).find((each) => each.text() === 'Copy secret')
  await copy!.trigger('click')
  expect(writeText).toHaveBeenCalledWith(SECRET)
  page.unmount()
  expect((await open([webhook()])).find('[data-testid=webhook-secret]').exists()).toBe(false)
})

test('a refused address stays in the field, with the reason', async () => {
  const errors = [{ field: 'url', message: 'must begin with https://' }]
  added = { status: 422, data: { code: 'invalid', title: 'Invalid', detail: 'A field is wrong.', errors } }
  const page = await open()
  await add(page, 'http://hooks.example')
  expect(page.find(`${PART} [role=alert]`).text()).toBe('It must begin with https://.')
  expect((page.find(`${PART} input`).element as HTMLInputElement).value).toBe('http://hooks.example')
})

test('there is no form beyond the limit', async () => {
  const page = await open([webhook(), webhook('w2')])
  expect(page.find(`${PART} form`).exists()).toBe(false)
  expect(page.find(PART).text()).toContain("That's the limit of 2 webhooks.")
})

test('a webhook is removed after a question', async () => {
  const page = await open([webhook()])
  const confirmation = on.run(() => useConfirmation())
  await page.find('[aria-label="Remove webhook hooks.example"]').trigger('click')
  expect(callsOf(calls)).toEqual(['get /api/webhooks'])
  confirmation.answer('confirm')
  await flushPromises()
  expect(callsOf(calls).at(-1)).toBe('delete /api/events/abc/webhooks/w1')
  expect(on.run(() => useNotices()).notices.map(({ text }) => text)).toEqual(['The webhook is removed.'])
})

test('a server without webhooks offers none, and lets earlier ones be removed', async () => {
  offer = problem(404, 'webhooks-off', 'Events have no webhooks here.')
  const page = await open()
  expect(page.find(PART).exists()).toBe(false)
  on.server.patch(DESK, 'e-2', [webhook()])
  await flushPromises()
  expect(page.find(PART).text()).toContain('This site sends nothing to webhooks any more.')
  expect(page.findAll(`${PART} button`).map((each) => each.text())).toEqual(['Remove'])
})
