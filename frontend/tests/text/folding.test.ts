import { expect, test } from 'vitest'
import { fold, foldedWords } from '@/text/folding'

test.each([
  ['São Paulo', 'sao paulo'],
  ['Zürich', 'zurich'],
  ['İstanbul', 'istanbul'],
  ['Đà Nẵng', 'da nang'],
  ['Łódź', 'lodz'],
  ['ΑΘΗΝΑΣ', 'αθηνασ'],
  ['Ｔｏｋｙｏ', 'tokyo'],
  ['N’Djamena', "n'djamena"],
])('%s is searched as %s', (text, folded) => {
  expect(fold(text)).toBe(folded)
})

test('a query is split into folded words', () => {
  expect(foldedWords('  Ho Chi  MINH ')).toEqual(['ho', 'chi', 'minh'])
})

test('folding twice changes nothing more', () => {
  const characters = Array.from({ length: 0xd800 }, (_, point) => String.fromCodePoint(point))
  expect(characters.filter((each) => fold(fold(each)) !== fold(each))).toEqual([])
})
