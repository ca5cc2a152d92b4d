import { loadApi } from '@/api/api'
import type { Snapshot } from './generated'

/**
 * Fetches the view of an address.
 *
 * @throws AxiosError if the server does not answer, or refuses; Rejection if the client could not be loaded.
 */
export async function fetchView(address: string): Promise<Snapshot> {
  const { client } = await loadApi()
  // Not by `client.instance`: requests of that one do not have the base address of this page.
  return (await client.get<Snapshot, unknown, true>({ url: `/api/${address}`, throwOnError: true })).data
}
