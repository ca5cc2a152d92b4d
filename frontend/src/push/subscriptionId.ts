/** The characters of a digest that make an id. */
const ID_CHARS = 22

/** The id that the server gives to a subscription: the start of the SHA-256 digest of its endpoint, in base64url. */
export async function subscriptionId(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint))
  const text = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return text.replaceAll('+', '-').replaceAll('/', '_').slice(0, ID_CHARS)
}
