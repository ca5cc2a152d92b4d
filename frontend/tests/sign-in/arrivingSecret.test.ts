import { beforeEach, expect, test } from 'vitest'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { arrivingSecret, secretIn, secretLink, takeArrivingSecrets } from '@/sign-in/arrivingSecret'
import { typedProof } from '@/sign-in/typedProof'

let router: Router

beforeEach(() => {
  arrivingSecret.value = null
  const component = { render: () => null }
  const routes = [
    { path: '/', name: 'events', component },
    { path: '/sign-in', name: 'sign-in', component },
  ]
  router = createRouter({ history: createMemoryHistory(), routes })
  takeArrivingSecrets(router)
})

test('the secret of a link leaves its address, and is kept until it is used', async () => {
  await router.push('/sign-in?sign-in=failed#recovery=ABC')
  expect(router.currentRoute.value.fullPath).toBe('/sign-in?sign-in=failed')
  expect(arrivingSecret.value).toEqual({ way: 'recovery', secret: 'ABC' })
})

test('a link that is opened on the page itself counts, too', async () => {
  await router.push('/sign-in')
  expect(arrivingSecret.value).toBeNull()
  await router.push('/sign-in#code=AB-CD')
  expect(router.currentRoute.value.fullPath).toBe('/sign-in')
  expect(arrivingSecret.value).toEqual({ way: 'code', secret: 'AB-CD' })
})

test('the fragments of other pages stay', async () => {
  await router.push('/#recovery=ABC')
  expect(router.currentRoute.value.hash).toBe('#recovery=ABC')
  expect(arrivingSecret.value).toBeNull()
})

test.each([
  ['', null],
  ['#', null],
  ['#recovery=', null],
  ['#other=1', null],
  ['#code=AB-CD', { way: 'code', secret: 'AB-CD' }],
])('the secret in %j', (hash, secret) => {
  expect(secretIn(hash)).toEqual(secret)
})

test('a link has its secret in the fragment', () => {
  expect(secretLink({ way: 'code', secret: 'AB-CD' })).toBe(`${location.origin}/sign-in#code=AB-CD`)
})

test.each([
  ['code', ' ab-cd ', { way: 'code', code: 'ab-cd' }],
  ['recovery', 'ABC', { way: 'recovery', secret: 'ABC' }],
  ['recovery', 'https://example.org/t/sign-in#recovery=ABC', { way: 'recovery', secret: 'ABC' }],
  ['recovery', 'https://example.org/sign-in#code=AB-CD', { way: 'code', code: 'AB-CD' }],
  ['code', 'https://example.org/sign-in#recovery=ABC', { way: 'recovery', secret: 'ABC' }],
] as const)('typed as %s, %j is understood', (way, text, proof) => {
  expect(typedProof(way, text)).toEqual(proof)
})
