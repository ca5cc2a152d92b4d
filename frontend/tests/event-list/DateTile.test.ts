import { expect, test } from 'vitest'
import DateTile from '@/event-list/DateTile.vue'
import { STARTS_AT } from '../support/items'
import { stage } from '../support/mounting'

test('the date is heard once, as a sentence', () => {
  const tile = stage().mount(DateTile, { moment: STARTS_AT, zone: 'Europe/Vienna' })
  const heard = tile.findAll('span').filter((each) => each.attributes('aria-hidden') === undefined)
  expect(heard.map((each) => each.text())).toEqual(['Friday 27 November'])
})
