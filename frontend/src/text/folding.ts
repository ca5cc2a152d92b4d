/** Folds the names of zones for their search, as the server does for events (`turnout_core/domain/folding.py`). Pure. */

/** Marks that writers leave out; vowel signs and voicing marks stay, since without them it is another word. */
const OPTIONAL_MARKS =
  '\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f' +
  '\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e8\\u06ea-\\u06ed'
/** Soft hyphens, joiners, direction marks, variation selectors, and the Arabic letter that only stretches a word. */
const UNSEEN =
  '\\u00ad\\u034f\\u061c\\u0640\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff'
// eslint-disable-next-line no-misleading-character-class -- the class lists marks on purpose
const DROPPED = new RegExp(`[${OPTIONAL_MARKS}${UNSEEN}]`, 'g')

/** Letters and punctuation that Unicode does not decompose. */
const ALIKE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Array.from('đð', (letter) => [letter, 'd'])),
  ...Object.fromEntries(Array.from('‘’‚‛ʹʻʼʽ′`´', (mark) => [mark, "'"])),
  ...Object.fromEntries(Array.from('“”„‟″«»', (mark) => [mark, '"'])),
  ...Object.fromEntries(Array.from('‐‑‒–—―−', (dash) => [dash, '-'])),
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  ŧ: 't',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ς: 'σ',
}
const ALIKE_CHARACTERS = new RegExp(`[${Object.keys(ALIKE).join('')}]`, 'g')

/** The text without the differences that a search ignores. */
export function fold(text: string): string {
  // Once before, since the acute accent U+00B4 decomposes to a space, and once for what was upper case.
  const marksDropped = alike(text).normalize('NFKD').replace(DROPPED, '')
  // Composed again: a kana with its voicing mark must not contain the kana without it.
  // Through upper case `ß` becomes `ss`; `ẞ` is upper case already, so it is made small first.
  const caseFolded = marksDropped.normalize('NFC').toLowerCase().toUpperCase().toLowerCase()
  return alike(caseFolded)
}

function alike(text: string): string {
  return text.replace(ALIKE_CHARACTERS, (character) => ALIKE[character] ?? character)
}

/** The words of a query, folded. */
export function foldedWords(query: string): string[] {
  return fold(query).split(/\s+/).filter(Boolean)
}
