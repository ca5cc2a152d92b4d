import { expect, test } from 'vitest'
import { loadPrototypes, lookalikeKeys, numberLookalikes } from '@/people/lookalikes'
import imitations from '../../../tests/vectors/imitations.json'
import vectors from '../../../tests/vectors/lookalikes.json'

test.each(vectors)('$name', async ({ one, other, alike }) => {
  const prototypes = await loadPrototypes([one, other])
  const keys = lookalikeKeys(one, prototypes)
  expect(lookalikeKeys(other, prototypes).some((key) => keys.includes(key))).toBe(alike)
})

test.each(imitations.filter(({ outcome }) => outcome === 'told apart'))(
  'an imitation that is told apart: $name',
  async ({ text }) => {
    const people = [
      { id: '1', name: 'Anna' },
      { id: '2', name: text },
    ]
    expect(numberLookalikes(people, await loadPrototypes(['Anna', text]))).toEqual(new Map([['2', 2]]))
  },
)

test('people are numbered in their order, and each counts once', async () => {
  const people = ['Anna', 'Ben', 'ANNA', 'Аnna', 'Cleo', 'ben'].map((name, index) => ({ id: String(index), name }))
  const prototypes = await loadPrototypes(people.map(({ name }) => name))
  const expected = { 2: 2, 3: 3, 5: 2 }
  expect(Object.fromEntries(numberLookalikes([...people, ...people], prototypes))).toEqual(expected)
})

test('names in Latin letters need no large table', async () => {
  const latin = await loadPrototypes(['Zoë', 'Łukasz', 'Nguyễn', 'I1l'])
  expect(latin.size).toBeLessThan(500)
  expect((await loadPrototypes(['Zoë', 'Анна'])).size).toBeGreaterThan(2_000)
})
