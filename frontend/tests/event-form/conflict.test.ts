import { describe, expect, test } from 'vitest'
import { differences, rebase } from '@/event-form/conflict'
import { draftOf, type Draft } from '@/event-form/draft'
import { event } from '../support/items'

function draft(change: Partial<Draft> = {}): Draft {
  return { ...draftOf(event()), ...change }
}

describe('another person saved first', () => {
  const theirs = event({ version: 2, title: 'Chess', capacity: 8 })

  test('their changes are listed with the old and the new value', () => {
    expect(differences(draft(), theirs)).toEqual([
      { label: 'Title', was: '“Board games”', is: '“Chess”' },
      { label: 'Capacity', was: '4', is: '8' },
    ])
  })

  test('the viewer’s changes are applied on top of theirs', () => {
    expect(rebase(draft(), draft({ title: 'Go', place: 'Here' }), theirs)).toMatchObject({
      title: 'Go',
      place: 'Here',
      capacity: '8',
    })
  })
})
