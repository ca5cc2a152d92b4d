// A real OpenID Connect provider: npm oidc-provider with its pages for developers.
//
// The argument is JSON: { clients, issuer }. Without an issuer it is on a free port of this machine; an issuer such as
// https://id.example.org:8443 has its certificate in /certificates. The first line of the output is the issuer. Further
// requests:
//   PUT /people/LOGIN   the claims of a person, as JSON
//   POST /rotate        new keys sign from now on, and the old ones are gone

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { json } from 'node:stream/consumers'

import { Provider } from 'oidc-provider'

const { clients, issuer: address } = JSON.parse(process.argv[2])
const people = new Map()

function newKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] }
}

function newProvider(issuer) {
  return new Provider(issuer, {
    clients,
    jwks: newKeys(),
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
    cookies: { keys: ['a key for tests'] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
  })
}

async function serve(request, response) {
  if (request.method === 'PUT' && request.url.startsWith('/people/')) {
    people.set(decodeURIComponent(request.url.slice('/people/'.length)), await json(request))
    response.writeHead(204).end()
  } else if (request.method === 'POST' && request.url === '/rotate') {
    answer = newProvider(issuer).callback() // the sessions and codes of both are in the memory of the module
    response.writeHead(204).end()
  } else {
    answer(request, response)
  }
}

async function listen() {
  if (address !== undefined) {
    const { hostname, port } = new URL(address)
    const both = readFileSync(`/certificates/${hostname}.pem`)
    createSecureServer({ key: both, cert: both }, serve).listen(Number(port), '0.0.0.0')
    return address
  }
  const server = createServer(serve)
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${server.address().port}`
}

const issuer = await listen()
let answer = newProvider(issuer).callback()
console.log(issuer)
process.stdin.on('end', () => process.exit()).resume() // never outlives the tests
