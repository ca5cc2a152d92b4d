/** The client of the HTTP API, with Axios. Only `api.ts` imports it: it is a chunk of its own. */
export { client } from './generated/client.gen'
export * from './generated/sdk.gen'
