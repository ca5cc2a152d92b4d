import { expect, test } from 'vitest'
import { isOn, KIND_GROUPS, withGroup } from '@/you/notices/kinds'

test('each kind is in one group', () => {
  const kinds = KIND_GROUPS.flatMap((group) => group.kinds)
  expect([kinds.length, new Set(kinds).size]).toEqual([12, 12])
})

test('a group is on unless all of its kinds are off', () => {
  const group = { label: '', kinds: ['called-off', 'deleted'] as const }
  expect([isOn(group, []), isOn(group, ['deleted']), isOn(group, ['deleted', 'called-off'])]).toEqual([
    true,
    true,
    false,
  ])
  expect(withGroup(['asked', 'deleted'], group, false)).toEqual(['asked', 'called-off', 'deleted'])
  expect(withGroup(['asked', 'deleted'], group, true)).toEqual(['asked'])
})
