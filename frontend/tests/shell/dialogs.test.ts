/** The rule for dialogs: one lit button, which is safe or does what the title asks; leaving one changes nothing. */
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { RouterView } from 'vue-router'
import { useLeave } from '@/attendance/useLeave'
import { emptyDraft } from '@/event-form/draft'
import { useForm } from '@/event-form/useForm'
import { useOrganizerActions } from '@/event-page/useOrganizerActions'
import { ME } from '@/live/liveViews'
import NameDialog from '@/session/NameDialog.vue'
import { useSession } from '@/session/session'
import { useSignOut } from '@/session/useSignOut'
import ConfirmDialog from '@/shell/ConfirmDialog.vue'
import { useConfirmation } from '@/shell/confirmation'
import { answerHttp, type Call } from '../support/http'
import { attendee, event, mine, STARTS_AT, user } from '../support/items'
import { stage, type Stage } from '../support/mounting'

let on: Stage
let calls: Call[]
let organizer: ReturnType<typeof useOrganizerActions>
let attendance: ReturnType<typeof useLeave>
let session: ReturnType<typeof useSignOut>

/** A page with unsaved text, and the actions that ask first. */
const page = defineComponent(() => {
  organizer = useOrganizerActions()
  attendance = useLeave()
  session = useSignOut()
  const form = useForm(emptyDraft(STARTS_AT, 'UTC'), { save: () => Promise.resolve(true), isNew: () => false })
  form.draft.value = { ...form.draft.value, title: 'Unsaved' }
  return () => null
})
const app = defineComponent(() => {
  const confirmation = useConfirmation()
  return () => [h(RouterView), confirmation.question ? h(ConfirmDialog, { question: confirmation.question }) : null]
})

beforeEach(async () => {
  on = stage()
  calls = answerHttp(({ method }) =>
    method === 'get' ? { status: 200, data: { at: 'e-1', items: [], next: null } } : { status: 204 },
  )
  on.run(() => useSession())
  on.server.hello('ada')
  await flushPromises()
  const waiting = mine({ event: 'waiting', status: 'waitlisted', ahead: 2 })
  on.server.snapshot(ME, [user(), mine(), waiting])
  on.router.addRoute({ path: '/page', name: 'page', component: page })
  await on.router.push('/page')
  on.mount(app)
})

const dialog = (): HTMLElement | null => document.querySelector('[role=alertdialog], [role=dialog]')
const labels = (selector: string): string[] =>
  [...(dialog()?.querySelectorAll(selector) ?? [])].map((each) => each.textContent.trim())

async function press(label: string): Promise<void> {
  const button = [...(dialog()?.querySelectorAll('button') ?? [])].find((each) => each.textContent.trim() === label)
  if (!button) throw new Error(`there is no button ${label}`)
  button.click()
  await flushPromises()
}

const full = event({ going: 4, waiting: 2, ends_at: STARTS_AT + 1 })
const QUESTIONS: [string, () => unknown, string, string[]][] = [
  ['call off', () => organizer.cancel(event()), 'Keep event', ['Call off event']],
  ['delete', () => organizer.remove(event()), 'Keep event', ['Call it off instead', 'Delete event']],
  ['delete a called-off event', () => organizer.remove(event({ status: 'cancelled' })), 'Keep event', ['Delete event']],
  ['remove a person', () => organizer.removePerson(event(), attendee('Ben')), 'Keep them', ['Keep out', 'Remove']],
  ['give up a seat', () => attendance.leave(full), 'Keep my seat', ['Give up seat']],
  ['leave the waitlist', () => attendance.leave({ ...full, id: 'waiting' }), 'Keep my place', ['Leave waitlist']],
  ['sign out', () => session.signOut(null), 'Stay signed in', ['Sign out']],
  ['leave a form', () => on.router.push('/'), 'Stay here', ['Leave']],
]

describe.each(QUESTIONS)('the question before: %s', (_, ask, safe, others) => {
  const UNSAFE_METHODS = ['post', 'patch', 'put', 'delete']

  beforeEach(async () => {
    // Giving up a seat names the next holder: someone has to wait.
    if (safe === 'Keep my seat') calls = answerHttp(() => ({ status: 503 }))
    void ask()
    await flushPromises()
  })

  function nothingHappened(): void {
    expect(calls.filter(({ method }) => UNSAFE_METHODS.includes(method))).toEqual([])
    expect(on.router.currentRoute.value.name).toBe('page')
  }

  test('only the safe button is lit, and it has the focus', () => {
    expect(labels('.button-lit')).toEqual([safe])
    expect(labels('button')).toEqual([safe, ...others])
    expect(document.activeElement?.textContent.trim()).toBe(safe)
  })

  test('Escape changes nothing', async () => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    await flushPromises()
    expect(dialog()).toBeNull()
    nothingHappened()
  })

  test('a click beside it changes nothing', async () => {
    document.querySelector('.overlay')?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
    await flushPromises()
    nothingHappened()
  })

  test('the safe button changes nothing', async () => {
    await press(safe)
    expect(dialog()).toBeNull()
    nothingHappened()
  })
})

test('calling off in place of deleting asks first, too', async () => {
  void organizer.remove(event())
  await flushPromises()
  await press('Call it off instead')
  expect(calls).toEqual([])
  expect(dialog()?.textContent).toContain('Call off \u2068Board games\u2069?')
  await press('Call off event')
  expect(calls.map(({ method, url }) => [method, url])).toEqual([['post', '/api/events/abc/cancel']])
})

test('the name dialog lights the action that asked, and its field has the focus', async () => {
  let answered: unknown = 'not yet'
  const prompt = { reason: { action: 'Join', title: 'Board games' }, resolve: (person: unknown) => (answered = person) }
  on.run(() => useSession()).namePrompt = prompt
  on.mount(NameDialog, { prompt })
  await flushPromises()
  expect(labels('.button-lit')).toEqual(['Join'])
  expect(document.activeElement?.id).toBe('your-name')
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await flushPromises()
  expect(answered).toBeNull()
  expect(calls).toEqual([])
})
