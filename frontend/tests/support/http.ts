/** A fake of the services' HTTP API. It answers calls, and a test can delay them. */
import { AxiosError, AxiosHeaders, type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { loadApi } from '@/api/api'
import { client } from '@/api/generated/client.gen'

// Tests wait for answers, not for the code of the client.
await loadApi()

export interface Call {
  method: string
  url: string
  body: unknown
  headers: Record<string, unknown>
}

export interface Answer {
  /** 0 for a lost answer. */
  status: number
  data?: unknown
  headers?: Record<string, string>
}

/** Answers every call with what `answer` says; the calls are returned, and grow. */
export function answerHttp(answer: (call: Call) => Answer | Promise<Answer>): Call[] {
  const calls: Call[] = []
  const adapter: AxiosAdapter = async (config) => {
    const call = callOf(config)
    calls.push(call)
    const { status, data = '', headers = {} } = await answer(call)
    const response: AxiosResponse = { status, data, headers, statusText: '', config }
    if (status === 0) throw new AxiosError('Network Error', AxiosError.ERR_NETWORK, config)
    if (status >= 400) throw new AxiosError('refused', undefined, config, undefined, response)
    return response
  }
  client.setConfig({ adapter })
  client.instance.defaults.adapter = adapter
  return calls
}

function callOf({ method = 'get', url = '', data, headers }: InternalAxiosRequestConfig): Call {
  return {
    method,
    url,
    body: typeof data === 'string' && data !== '' ? JSON.parse(data) : data,
    headers: AxiosHeaders.from(headers).toJSON(),
  }
}

/** The calls as `method url`. */
export function callsOf(calls: readonly Call[]): string[] {
  return calls.map(({ method, url }) => `${method} ${url}`)
}

/** A problem document. */
export function problem(status: number, code: string, detail: string): Answer {
  return { status, data: { type: '', title: '', status, detail, code, errors: null } }
}

/** Pages ask here for the signed-in user. */
export const ASK = '/api/session?optional=true'
const ADA = { id: 'ada', name: 'Ada' }

/** A fake of `/api/session`: nobody is signed in until a sign-up or `begin`. Other calls get what `other` says. */
export function sessionServer(other: (call: Call) => Answer | Promise<Answer> = () => ({ status: 500 })): {
  calls: Call[]
  begin: (user: { id: string; name: string }) => void
} {
  let user: { id: string; name: string } | null = null
  const calls = answerHttp((call) => {
    if (![ASK, '/api/session', '/api/sessions/current'].includes(call.url)) return other(call)
    if (call.url === ASK) return user ? { status: 200, data: { user } } : { status: 204 }
    if (call.method === 'delete') return user ? { status: 204 } : problem(401, 'signed-out', 'Sign up.')
    if (user) return { status: 200, data: { user } }
    user = ADA
    return { status: 201, data: { user, token: 't' } }
  })
  return { calls, begin: (someone) => (user = someone) }
}
