import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Named } from './lookalikes'

/**
 * The number of each person whose name looks like that of a person before, by id, from 2.
 *
 * @param people in the order of joining.
 */
export function useLookalikes(people: () => readonly Named[]): ShallowRef<ReadonlyMap<string, number>> {
  const numbers = shallowRef<ReadonlyMap<string, number>>(new Map())
  let latest: readonly Named[] = []
  watch(
    people,
    async (present) => {
      latest = present
      const found = await lookalikeNumbers(present)
      if (latest === present) numbers.value = found
    },
    { immediate: true },
  )
  return numbers
}

/** Likewise, for people who do not change. Without its code, such as without a network, no one has a number. */
export async function lookalikeNumbers(people: readonly Named[]): Promise<ReadonlyMap<string, number>> {
  if (people.length < 2) return new Map()
  try {
    const { loadPrototypes, numberLookalikes } = await import('./lookalikes')
    return numberLookalikes(people, await loadPrototypes(people.map(({ name }) => name)))
  } catch {
    return new Map()
  }
}
