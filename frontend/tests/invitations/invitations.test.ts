import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import EventPage from '@/event-page/EventPage.vue'
import { invitationIn, invitationLink } from '@/invitations/invitationLink'
import { eventAddress } from '@/live/addresses'
import { ME } from '@/live/liveViews'
import { useSession } from '@/session/session'
import { answerHttp, callsOf, problem } from '../support/http'
import { event, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

const CODE = 'abcdefghijklmnopqrstuvwxyz'
const VIEW = eventAddress('abc')

test('a link carries its code in the fragment', () => {
  const link = invitationLink('https://example.org/events/abc', CODE)
  expect(link).toBe(`https://example.org/events/abc#invitation=${CODE}`)
  expect(invitationIn(new URL(link).hash)).toBe(CODE)
  expect(invitationIn('#invitation=short')).toBe('')
  expect(invitationIn('#elsewhere')).toBeNull()
})

describe('an opened link', () => {
  let on: Stage
  beforeEach(() => (on = stage()))

  async function open(code: string): Promise<VueWrapper> {
    on.run(() => useSession())
    on.server.hello('ada')
    await flushPromises()
    on.server.snapshot(ME, [user()])
    await on.router.push(`/events/abc#invitation=${code}`)
    const page = on.mount(EventPage, { id: 'abc' })
    await flushPromises()
    return page
  }

  function refuse(): void {
    on.server.socket.say({ type: 'fail', view: VIEW, code: 'event-not-found', title: '', detail: 'Gone.' } as never)
  }

  async function accept(page: VueWrapper): Promise<void> {
    await vi.waitFor(() => expect(page.text()).toContain('Accept invitation'))
    await page
      .findAll('button')
      .find((each) => each.text() === 'Accept invitation')!
      .trigger('click')
    await flushPromises()
  }

  test('leaves the address bar, changes nothing, and opens a private event once accepted', async () => {
    const calls = answerHttp(() => ({ status: 200, data: event({ visibility: 'private' }) }))
    const page = await open(CODE)
    refuse()
    await vi.waitFor(() => expect(page.find('h1').text()).toBe('You are invited to a private event.'))
    expect(on.router.currentRoute.value.fullPath).toBe('/events/abc')
    expect(calls).toEqual([])
    const watches = (): number => on.server.socket.sent.filter((sent) => 'view' in sent && sent.view === VIEW).length
    expect(watches()).toBe(1)
    await accept(page)
    expect(callsOf(calls)).toEqual([`post /api/events/abc/invitations/${CODE}/accept`])
    expect(watches()).toBe(2)
    expect(page.text()).not.toContain("We can't find this event")
    on.server.snapshot(VIEW, [event({ visibility: 'private' })])
    await flushPromises()
    expect(page.find('h1').text()).toBe('Board games')
  })

  test('takes the place of the answer until it is accepted or put aside', async () => {
    const page = await open(CODE)
    on.server.snapshot(VIEW, [event({ joining: 'invitation' })])
    await vi.waitFor(() => expect(page.text()).toContain('You are invited to'))
    expect(page.find('[data-testid=answer]').exists()).toBe(false)
    await page
      .findAll('button')
      .find((each) => each.text() === 'Not now')!
      .trigger('click')
    expect(page.find('[data-testid=answer]').exists()).toBe(true)
  })

  test('that is not valid says so, and nothing more', async () => {
    answerHttp(() => problem(404, 'invitation-invalid', 'No.'))
    const page = await open(CODE)
    refuse()
    await accept(page)
    expect(page.find('[role=alert]').text()).toContain('This invitation is not valid.')
    expect(page.find('h1').text()).toBe('You are invited to a private event.')
  })

  test('that is mistyped is not sent', async () => {
    const page = await open('short')
    refuse()
    await vi.waitFor(() => expect(page.text()).toContain('This invitation is not valid.'))
    expect(page.text()).not.toContain('Accept invitation')
  })
})
