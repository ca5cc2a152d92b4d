import { client } from '@/api/generated/client.gen'
import type { Snapshot } from './generated'

/**
 * Fetches the view of an address.
 *
 * @throws AxiosError if the server does not answer, or refuses.
 */
export async function fetchView(address: string): Promise<Snapshot> {
  // Not by `client.instance`: requests of that one do not have the base address of this page.
  return (await client.get<Snapshot, unknown, true>({ url: `/api/${address}`, throwOnError: true })).data
}
