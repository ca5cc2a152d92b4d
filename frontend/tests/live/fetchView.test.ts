import axios, { type InternalAxiosRequestConfig } from 'axios'
import { expect, test } from 'vitest'
import { client } from '@/api/generated/client.gen'
import { fetchView } from '@/live/fetchView'

test('a view is fetched below the path of this instance', async () => {
  const requested: string[] = []
  const adapter = (config: InternalAxiosRequestConfig): Promise<never> => {
    requested.push(axios.getUri(config))
    return Promise.reject(new Error('no network'))
  }
  client.setConfig({ baseURL: '/turnout', adapter })
  await expect(fetchView('events?when=past&q=b%C3%A4r')).rejects.toThrow('no network')
  expect(requested).toEqual(['/turnout/api/events?when=past&q=b%C3%A4r'])
  client.setConfig({ baseURL: '' })
})
