import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** The module as it is before its client is loaded. */
async function freshApi(): Promise<typeof import('@/api/api')> {
  vi.resetModules()
  return import('@/api/api')
}

let isOnline: boolean

beforeEach(() => {
  isOnline = true
  vi.spyOn(navigator, 'onLine', 'get').mockImplementation(() => isOnline)
})
afterEach(() => void vi.resetModules())

test('the client is prepared once, before its first call', async () => {
  const { api, prepareApi } = await freshApi()
  const prepared: string[] = []
  prepareApi(({ client }) => {
    client.instance.defaults.adapter = (config) => {
      prepared.push(config.url ?? '')
      return Promise.resolve({ status: 200, statusText: '', data: null, headers: {}, config })
    }
    prepared.push('first')
  })
  expect(prepared).toEqual([])
  await api.getSession()
  await api.getEvent({ path: { event: 'abc' } })
  expect(prepared).toEqual(['first', '/api/session', '/api/events/abc'])
  prepareApi(() => prepared.push('late'))
  expect(prepared.at(-1)).toBe('late')
})

test('without a network a call is refused, and a later one loads the client', async () => {
  const { api, loadApi } = await freshApi()
  isOnline = false
  await expect(api.getSession()).rejects.toMatchObject({ name: 'Rejection', code: 'unreachable' })
  isOnline = true
  await loadApi()
})
