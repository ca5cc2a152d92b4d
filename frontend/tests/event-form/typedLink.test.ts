import { expect, test } from 'vitest'
import { normalLink, parseLink } from '@/event-form/typedLink'
import vectors from '../../../tests/vectors/links.json'

test.each(vectors as { name: string; text: string; expected?: string; problem?: string }[])(
  '$name',
  ({ text, expected, problem }) => {
    expect(parseLink(text)).toEqual(expected ?? { problem })
  },
)

test('a link that cannot be stored stays as it was typed', () => {
  expect(normalLink(' javascript:alert(1) ')).toBe('javascript:alert(1)')
})
