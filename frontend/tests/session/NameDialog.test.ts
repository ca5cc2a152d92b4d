import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { LIMITS } from '@/limits.generated'
import NameDialog from '@/session/NameDialog.vue'
import { useSession } from '@/session/session'
import { answerHttp, problem } from '../support/http'
import { stage, type Stage } from '../support/mounting'

let on: Stage

beforeEach(async () => {
  on = stage()
  on.server.hello(null)
  on.mount(NameDialog, { prompt: { reason: { action: 'Join', title: 'Board games' }, answer: () => undefined } })
  await flushPromises()
})

function dialog(): HTMLElement {
  const found = document.querySelector<HTMLElement>('[role=dialog]')
  if (!found) throw new Error('no dialog is open')
  return found
}

async function tell(name: string): Promise<void> {
  const input = dialog().querySelector('input')
  if (!input) throw new Error('the dialog has no input')
  input.value = name
  input.dispatchEvent(new Event('input'))
  dialog()
    .querySelector('form')
    ?.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}

test('the dialog names the event, and has a label', () => {
  expect(dialog().textContent).toContain("What's your name?")
  expect(dialog().textContent).toContain('Everyone who opens')
  expect(dialog().querySelector('label')?.textContent).toBe('Your name')
})

test('an empty name is not sent', async () => {
  const calls = answerHttp(() => ({ status: 500 }))
  await tell('   ')
  expect(calls).toEqual([])
  expect(dialog().querySelector('[role=alert]')?.textContent).toBe('Enter a name.')
})

test('a name makes a session, and a new connection with that identity', async () => {
  answerHttp(() => ({ status: 201, data: { user: { id: 'ada', name: 'Ada' }, token: 't' } }))
  await tell('Ada')
  expect(on.run(() => useSession()).person).toEqual({ id: 'ada', name: 'Ada' })
  expect(on.server.sockets).toHaveLength(2)
})

test('a refusal by the server shows at the field', async () => {
  answerHttp(() => {
    const { data, ...rest } = problem(422, 'invalid', 'Look again.')
    return {
      ...rest,
      data: {
        ...(data as object),
        errors: [
          { field: 'name', message: 'must not end with a role in brackets; the page shows who organizes an event' },
        ],
      },
    }
  })
  await tell('Ada')
  expect(dialog().querySelector('[role=alert]')?.textContent).toBe(
    'It must not end with a role in brackets; the page shows who organizes an event.',
  )
})

test('a name that is too long is not cut, and says so before it is sent', async () => {
  const calls = answerHttp(() => ({ status: 500 }))
  const name = 'x'.repeat(LIMITS.session.name.maxLength + 2)
  await tell(name)
  expect(dialog().querySelector('input')?.value).toBe(name)
  expect(dialog().querySelector('input')?.hasAttribute('maxlength')).toBe(false)
  expect(dialog().querySelector('[role=alert]')?.textContent).toBe('2 characters too many.')
  expect(calls).toEqual([])
})
