import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { useSessionRenewal } from '@/session/useSessionRenewal'
import { answerHttp } from '../support/http'
import { stage } from '../support/mounting'

test('a page reads the session once, when the connection names a person', async () => {
  const calls = answerHttp(() => ({ status: 200, data: { user: { id: 'ada', name: 'Ada' } } }))
  const on = stage()
  on.run(useSessionRenewal)
  on.server.hello(null)
  await flushPromises()
  expect(calls).toEqual([])
  for (const person of ['ada', null, 'ada']) {
    on.live.restart(person)
    on.server.hello(person)
    await flushPromises()
  }
  expect(calls.map(({ method, url }) => [method, url])).toEqual([['get', '/api/session']])
})

test('a renewal that fails is left to the next visit', async () => {
  answerHttp(() => ({ status: 503 }))
  const on = stage()
  on.run(useSessionRenewal)
  on.server.hello('ada')
  await flushPromises()
})
