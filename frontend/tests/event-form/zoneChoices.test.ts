import { describe, expect, test } from 'vitest'
import { findZones, matchedCity, offsetAt, zoneChoices, zoneGroups } from '@/event-form/times/zoneChoices'
import { zoneData } from '@/event-form/times/zoneData'

const BROWSER = [...Intl.supportedValuesOf('timeZone'), 'UTC']
const CHOICES = zoneChoices(zoneData, BROWSER)

function found(query: string): string[] {
  return findZones(CHOICES, query).map(({ zone }) => zone)
}

describe('a search', () => {
  test.each([
    ['Vienna', 'Europe/Vienna'],
    ['vien', 'Europe/Vienna'],
    ['mumbai', 'Asia/Kolkata'],
    ['Calcutta', 'Asia/Kolkata'],
    ['são paulo', 'America/Sao_Paulo'],
    ['sao paulo', 'America/Sao_Paulo'],
    ['san francisco', 'America/Los_Angeles'],
    ['austria', 'Europe/Vienna'],
    ['Europe/Vienna', 'Europe/Vienna'],
    ['UTC', 'UTC'],
    ['kiev', 'Europe/Kyiv'],
  ])('for %s finds %s first', (query, zone) => {
    expect(found(query)[0]).toBe(zone)
  })

  test('finds by the name of the clock', () => {
    expect(found('pacific time')).toContain('America/Los_Angeles')
  })

  test('finds nothing on the Moon', () => {
    expect(found('tycho')).toEqual([])
  })

  test('says which city it found', () => {
    const [kolkata] = findZones(CHOICES, 'mumbai')
    expect(kolkata && [kolkata.city, kolkata.place, matchedCity(zoneData, kolkata, 'mumbai')]).toEqual([
      'Kolkata',
      'India',
      'Mumbai',
    ])
    expect(kolkata && matchedCity(zoneData, kolkata, 'kolk')).toBe('')
  })
})

test('each zone is there once, whatever its names', () => {
  const names = CHOICES.flatMap((choice) => choice.names)
  expect(new Set(names).size).toBe(names.length)
  expect(CHOICES.filter(({ city }) => city === 'Kolkata')).toHaveLength(1)
})

test('every zone of the browser can be chosen', () => {
  const names = new Set(CHOICES.flatMap((choice) => choice.names))
  expect(BROWSER.filter((zone) => !names.has(zone))).toEqual([])
})

test('the viewer’s zone is first, then those used lately', () => {
  const groups = zoneGroups(CHOICES, 'Europe/Vienna', 'Europe/Vienna', ['Asia/Calcutta', 'Europe/Vienna'])
  expect(groups.map(({ label }) => label)).toEqual(['Your time zone', 'Used lately'])
  expect(groups.map(({ choices }) => choices.map(({ city }) => city))).toEqual([['Vienna'], ['Kolkata']])
})

test('the offset is that of the date', () => {
  const [vienna] = findZones(CHOICES, 'vienna')
  const at = [Date.UTC(2026, 10, 27), Date.UTC(2026, 6, 1)]
  expect(vienna && at.map((moment) => offsetAt(vienna, moment))).toEqual(['GMT+1', 'GMT+2'])
})
