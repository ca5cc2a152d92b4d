/** The HTTP API. Its code loads once the page is live, or with the first call: the live connection needs none of it. */
import { isChunkError, lazyChunk } from '@/shell/lazyPage'
import { NO_ANSWER, Rejection } from './rejection'

type HttpClient = typeof import('./httpClient')

const load = lazyChunk(() => import('./httpClient'))
const preparations: ((http: HttpClient) => void)[] = []
let loaded: HttpClient | null = null

/** Prepares the client before its first call; at once if its code is loaded. */
export function prepareApi(prepare: (http: HttpClient) => void): void {
  if (loaded) prepare(loaded)
  else preparations.push(prepare)
}

/**
 * The prepared client.
 *
 * @throws Rejection if its code cannot be loaded.
 */
export async function loadApi(): Promise<HttpClient> {
  const http = await load().catch((error: unknown) => {
    throw isChunkError(error) ? new Rejection('unreachable', NO_ANSWER) : error
  })
  loaded = http
  for (const prepare of preparations.splice(0)) prepare(http)
  return http
}

/** The calls of the API: each loads the client first. */
export const api = new Proxy({} as Omit<HttpClient, 'client'>, {
  get: (_, name: keyof HttpClient) => async (options: unknown) => {
    const call = (await loadApi())[name] as (options: unknown) => Promise<unknown>
    return call(options)
  },
})
