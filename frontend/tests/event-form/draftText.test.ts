import { expect, test } from 'vitest'
import { draftOf } from '@/event-form/draft'
import { textOf } from '@/event-form/editing/draftText'
import { clock } from '../support/clock'
import { event } from '../support/items'

test('a draft is copied as text, without empty fields', () => {
  const draft = { ...draftOf(event({ description: 'Bring dice.\n\nRing twice.' })), link: 'example.org' }
  expect(textOf(draft).split('\n')).toEqual([
    'Board games',
    `Fri 27 Nov ${clock('19:30')} – ${clock('21:30')} (Vienna)`,
    'The depot',
    'https://example.org',
    '#games',
    '',
    'Bring dice.',
    '',
    'Ring twice.',
  ])
  expect(textOf({ ...draft, place: '', link: '', description: '', tags: [] }).split('\n')).toHaveLength(2)
})
