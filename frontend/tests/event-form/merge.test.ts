import { describe, expect, test } from 'vitest'
import { draftOf, type Draft } from '@/event-form/draft'
import { merge, movedCaret } from '@/event-form/editing/merge'
import { mergeText } from '@/event-form/editing/mergeText'
import { clock } from '../support/clock'
import { event } from '../support/items'

const TEXT = 'Bring dice. Ring twice at the door. Snacks are there.'

function draft(change: Partial<Draft> = {}): Draft {
  return { ...draftOf(event({ description: TEXT })), ...change }
}

function merged(mine: Partial<Draft>, theirs: Partial<Draft>, sent: Partial<Draft>[] = []) {
  return merge(draft(), draft(mine), draft(theirs), sent.map(draft), mergeText)
}

describe('changes of both', () => {
  test('in different parts are both kept, and the others’ are listed', () => {
    const { draft: joined, adopted, conflicts } = merged({ title: 'Go' }, { capacity: '8', place: '' })
    expect(joined).toMatchObject({ title: 'Go', capacity: '8', place: '' })
    expect(adopted.map(({ label, was, is }) => [label, was, is])).toEqual([
      ['Place', '“The depot”', 'empty'],
      ['Capacity', '4', '8'],
    ])
    expect(conflicts).toEqual([])
  })

  test('that are the same are no conflict', () => {
    expect(merged({ title: 'Go' }, { title: 'Go' })).toMatchObject({ adopted: [], conflicts: [] })
  })

  test('in one value conflict, and the viewer’s stays in the form', () => {
    const { draft: joined, conflicts } = merged({ link: 'https://a.example' }, { link: 'https://b.example' })
    expect([joined.link, conflicts]).toEqual(['https://a.example', ['link']])
  })

  test('of start and end are one part', () => {
    expect(merged({ time: '20:00' }, { endTime: '23:00' }).conflicts).toEqual(['when'])
    expect(merged({}, { time: '20:00' }).adopted[0]).toMatchObject({
      label: 'Date and time',
      was: `Fri 27 Nov ${clock('19:30')} – ${clock('21:30')} (Vienna)`,
      is: `Fri 27 Nov ${clock('20:00')} – ${clock('21:30')} (Vienna)`,
    })
  })

  test('of tags are joined', () => {
    expect(merged({ tags: ['games', 'go'] }, { tags: ['chess'] }).draft.tags).toEqual(['chess', 'go'])
  })

  test('that the server stores in another form are the same', () => {
    const stored = draftOf(event({ version: 2, ends: '2026-11-27T21:30', tags: ['strasse'] }))
    const sent = draft({ description: '', endTime: '', tags: ['straße'] })
    expect(merge(draft({ description: '', endTime: '23:00' }), sent, stored)).toMatchObject({
      adopted: [],
      conflicts: [],
    })
  })

  test('that were sent from here are no changes of others', () => {
    const result = merged({ title: 'Go' }, { title: 'Chess' }, [{ title: 'Chess' }])
    expect(result).toMatchObject({ adopted: [], conflicts: [] })
    expect(result.draft.title).toBe('Go')
  })
})

describe('changes of a text', () => {
  test.each([
    ['at different places', TEXT.replace('dice', 'dice and cards'), TEXT.replace('twice', 'once'), true],
    ['at both ends', `Hello. ${TEXT}`, `${TEXT} See you.`, true],
    ['of one word', TEXT.replace('twice', 'once'), TEXT.replace('twice', 'thrice'), false],
    ['side by side', TEXT.replace('Ring', 'Knock'), TEXT.replace('twice', 'once'), false],
    ['of which one removes what the other changes', '', TEXT.replace('twice', 'once'), false],
  ])('%s', (_, mine, theirs, isJoined) => {
    const { draft: joined, conflicts } = merged({ description: mine }, { description: theirs })
    expect(conflicts).toEqual(isJoined ? [] : ['description'])
    if (!isJoined) expect(joined.description).toBe(mine)
  })

  test('are in the joined text', () => {
    const text = 'One two three.\n\nFour five six.'
    expect(mergeText(text, text.replace('two', '2'), text.replace('six.', 'six, seven.'))).toBe(
      'One 2 three.\n\nFour five six, seven.',
    )
    expect(mergeText('constructor a __proto__ b', 'constructor A __proto__ b', 'constructor a __proto__ B')).toBe(
      'constructor A __proto__ B',
    )
  })

  test('without the library conflict', () => {
    const [mine, theirs] = [draft({ title: 'Board games night' }), draft({ title: 'Big Board games' })]
    expect(merge(draft(), mine, theirs).conflicts).toEqual(['title'])
    expect(merge(draft(), mine, theirs, [], mergeText).draft.title).toBe('Big Board games night')
  })
})

test.each([
  ['before the change', 'one two', 'one two three', 3, 3],
  ['after the change', 'one two', 'zero one two', 7, 12],
  ['in a text that is gone', 'one two', '', 4, 0],
])('the caret %s stays at its words', (_, before, after, caret, expected) => {
  expect(movedCaret(before, after, caret)).toBe(expected)
})
