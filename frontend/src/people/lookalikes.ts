/**
 * People whose names look alike, by the confusable characters of UTS 39 section 4, as the server finds them
 * (`services/core/turnout_core/domain/lookalikes.py`). `tests/vectors/lookalikes.json` specifies both.
 */

import latin from './latinPrototypes.generated.json'

/** A person as views have them. */
export interface Named {
  id: string
  name: string
}

/** The character or sequence that stands for all that look like it. */
export type Prototypes = ReadonlyMap<string, string>

const DROPPED = /[\p{Default_Ignorable_Code_Point}\s]/gu
/** Names with other characters need the large table. */
const LATIN = /^[\0-\u036f]*$/
/** Names whose keys are remembered: live lists ask for the same ones again and again. */
const REMEMBERED_MAX = 20_000

const latinPrototypes = toPrototypes(latin)

/** The table for these names. The large one loads when a name needs it. */
export async function loadPrototypes(names: readonly string[]): Promise<Prototypes> {
  return names.every((name) => LATIN.test(decompose(name))) ? latinPrototypes : await allPrototypes()
}

let all: Promise<Prototypes> | null = null

async function allPrototypes(): Promise<Prototypes> {
  all ??= import('./prototypes.generated.json').then(
    (table) => new Map([...latinPrototypes, ...toPrototypes(table.default)]),
    (error: unknown) => {
      all = null
      throw error
    },
  )
  return all
}

/**
 * The number of each person who has a name like that of a person before: 2 for the second, and so on.
 *
 * @param people in the order of joining; a person who is there twice counts once.
 */
export function numberLookalikes(people: Iterable<Named>, prototypes: Prototypes): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>()
  const last = new Map<string, number>()
  const seen = new Set<string>()
  for (const { id, name } of people) {
    if (seen.has(id)) continue
    seen.add(id)
    const keys = rememberedKeys(name, prototypes)
    const number = 1 + Math.max(...keys.map((key) => last.get(key) ?? 0))
    for (const key of keys) last.set(key, number)
    if (number > 1) numbers.set(id, number)
  }
  return numbers
}

/** Two names look alike if they share a key: one of them as written, the other in lower case. */
export function lookalikeKeys(name: string, prototypes: Prototypes): readonly string[] {
  const keys = [caseFold(skeleton(name, prototypes)), caseFold(skeleton(caseFold(name), prototypes))]
  return [...new Set(keys)]
}

let remembered = new WeakMap<Prototypes, Map<string, readonly string[]>>()

function rememberedKeys(name: string, prototypes: Prototypes): readonly string[] {
  let known = remembered.get(prototypes)
  if (known === undefined || known.size > REMEMBERED_MAX) {
    known = new Map()
    remembered = new WeakMap([[prototypes, known]])
  }
  let keys = known.get(name)
  if (keys === undefined) known.set(name, (keys = lookalikeKeys(name, prototypes)))
  return keys
}

function skeleton(text: string, prototypes: Prototypes): string {
  return decompose(Array.from(decompose(text), (each) => prototypes.get(each) ?? each).join(''))
}

function decompose(text: string): string {
  return text.normalize('NFKD').replace(DROPPED, '')
}

/** Through upper case `ß` becomes `ss`; `ẞ` is upper case already, so it is made small first. */
function caseFold(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

function toPrototypes(table: Readonly<Record<string, string>>): Prototypes {
  return new Map(
    Object.entries(table).flatMap(([prototype, sources]) => Array.from(sources, (each) => [each, prototype] as const)),
  )
}
