/** Time zones as people look for them: by city, by country, or by the name of the clock. Pure. */

import { fold, foldedWords } from '@/text/folding'
import { cityOf, isZone, offsetName } from '@/time/zones'

/** A zone as the data names it (`@vvo/tzdb`). */
export interface ZoneData {
  name: string
  alternativeName: string
  /** All names of the zone, older ones too. */
  group: readonly string[]
  countryName: string
  mainCities: readonly string[]
  abbreviation: string
}

/** A zone that can be chosen. */
export interface ZoneChoice {
  zone: string
  /** All names of the zone. */
  names: readonly string[]
  city: string
  /** The country, or the kind of zone. */
  place: string
  /** The texts that a search finds it by, folded; the first ones are cities. */
  words: readonly string[]
}

/** The choices: each zone once, whatever its names, and those zones of the browser that the data does not have. */
export function zoneChoices(data: readonly ZoneData[], browserZones: readonly string[]): ZoneChoice[] {
  const known = data.map(choiceOf)
  const names = new Set(known.flatMap((choice) => choice.names))
  const others = browserZones.filter((zone) => !names.has(zone)).map(plainChoice)
  return [...known, ...others].sort((one, other) => one.city.localeCompare(other.city, 'en'))
}

function choiceOf({ name, group, alternativeName, countryName, mainCities, abbreviation }: ZoneData): ZoneChoice {
  const names = [...new Set([name, ...group])]
  const cities = [cityOf(name), ...mainCities, ...names.map(cityOf)]
  const words = [...cities, countryName, alternativeName, abbreviation, ...names].map(fold)
  return { zone: name, names, city: cityOf(name), place: countryName, words: [...new Set(words)] }
}

/** The choice of a zone of which only the name is known. */
export function plainChoice(zone: string): ZoneChoice {
  const place = zone.includes('/') ? zone.slice(0, zone.indexOf('/')).replaceAll('_', ' ') : ''
  return { zone, names: [zone], city: cityOf(zone), place, words: [cityOf(zone), zone].map(fold) }
}

/** The choices that have every word of a search, the best first: a city that begins with it, then any other word. */
export function findZones(choices: readonly ZoneChoice[], query: string): ZoneChoice[] {
  const words = foldedWords(query)
  const whole = words.join(' ')
  return choices
    .filter((choice) => words.every((word) => choice.words.some((text) => text.includes(word))))
    .map((choice) => ({ choice, rank: rankOf(choice, whole) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ choice }) => choice)
}

function rankOf({ words }: ZoneChoice, query: string): number {
  if (words[0]?.startsWith(query)) return 0
  if (words.some((text) => text.startsWith(query))) return 1
  return words.some((text) => text.includes(` ${query}`)) ? 2 : 3
}

/** The city by which a search found a choice, if its label does not have it: `Mumbai` for Kolkata. */
export function matchedCity(data: readonly ZoneData[], { zone, names, city }: ZoneChoice, query: string): string {
  const whole = foldedWords(query).join(' ')
  if (whole === '' || fold(city).includes(whole)) return ''
  const cities = data.find(({ name }) => name === zone || names.includes(name))?.mainCities ?? []
  return cities.find((each) => fold(each).includes(whole)) ?? ''
}

/** A group of the list, such as the zones used lately. */
export interface ZoneGroup {
  label: string
  choices: readonly ZoneChoice[]
}

/** The groups before anything is typed. A zone is in the first group that wants it. */
export function zoneGroups(
  choices: readonly ZoneChoice[],
  viewer: string,
  chosen: string,
  used: readonly string[],
): ZoneGroup[] {
  const find = (zone: string): ZoneChoice => choices.find(({ names }) => names.includes(zone)) ?? plainChoice(zone)
  const shown = new Set<string>()
  const once = (all: readonly ZoneChoice[]): ZoneChoice[] =>
    all.filter(({ zone }) => !shown.has(zone) && shown.add(zone).size > 0)
  const groups = [
    { label: 'Your time zone', choices: once([find(viewer)]) },
    { label: 'Used lately', choices: once([chosen, ...used].map(find)) },
  ]
  return groups.filter((group) => group.choices.length > 0)
}

/** The offset of a choice at a moment: `GMT+1`. Empty for a zone that is new to the browser. */
export function offsetAt({ zone }: ZoneChoice, at: number): string {
  return isZone(zone) ? offsetName(at, zone) : ''
}
