/** The longest wait for the server's answer, in ms. */
const PROBE_TIMEOUT_MS = 5_000

/** True if the server at `url` answers now. A redirect is no answer: networks with a sign-in page redirect everything. */
export async function isServerReachable(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
    return (await fetch(url, { method: 'HEAD', cache: 'no-store', redirect: 'error', signal })).ok
  } catch {
    return false
  }
}
