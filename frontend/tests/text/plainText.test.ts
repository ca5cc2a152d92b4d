import { expect, test } from 'vitest'
import { textProblem, toLine, toLines, toLink } from '@/text/plainText'
import vectors from '../../../tests/vectors/plain-text.json'

const NORMALISE = { line: toLine, lines: toLines, link: toLink }

test.each(vectors as { name: string; field: keyof typeof NORMALISE; text: string; expected: string }[])(
  '$name',
  ({ field, text, expected }) => {
    expect(NORMALISE[field](text)).toBe(expected)
  },
)

test('a control character that cannot be dropped is named', () => {
  expect(textProblem(toLine('A\u0000B'), 10)).toContain('U+0000')
  expect(textProblem(toLines('A\tB\nC'), 10)).toBeNull()
})

test('the length is that of code points', () => {
  expect(textProblem('🎲🎲', 2)).toBeNull()
  expect(textProblem('🎲🎲🎲', 2)).toBe('1 character too many.')
})
