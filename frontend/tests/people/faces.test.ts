import { beforeEach, expect, test, vi } from 'vitest'
import FacesRow from '@/event-list/FacesRow.vue'
import { stage, type Stage } from '../support/mounting'

let on: Stage
beforeEach(() => {
  on = stage()
})

test('the label of faces tells equal-looking names apart', async () => {
  const faces = ['Anna', 'Ben', 'Аnna'].map((name, index) => ({ id: String(index), name, party: 1 }))
  const row = on.mount(FacesRow, { faces, going: 3 }).get('[role=img]')
  await vi.waitFor(() => expect(row.attributes('aria-label')).toBe('Anna, Ben, Аnna (2)'))
})
