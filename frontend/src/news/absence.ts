import { api } from '@/api/api'
import { isAxiosError } from '@/api/axiosError'
import type { Absence } from './newsOf'

/** Asks the server why an event is no longer the person's: by a replica that is at least at position `at`. */
export async function absenceOf(event: string, at: string): Promise<Absence> {
  try {
    await api.getEvent({ path: { event }, query: { at_least: at } })
    return 'removed'
  } catch (error) {
    return isAxiosError(error) && error.response?.status === 404 ? 'deleted' : 'unknown'
  }
}
