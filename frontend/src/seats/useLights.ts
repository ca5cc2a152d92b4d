import { shallowRef, watch, type ShallowRef } from 'vue'
import { happening, type Seating } from './lights'

/** A light that is on for a moment. */
export interface Light {
  id: number
  seat: number
  name: string | null | undefined
  promoted: boolean
}

/** Lights for what happens to an event while somebody looks; `over` takes one away. */
export function useLights(
  seating: () => Seating,
  key: () => string,
): { lights: ShallowRef<readonly Light[]>; over: (id: number) => void } {
  const lights = shallowRef<readonly Light[]>([])
  let lastId = 0

  watch([seating, key] as const, ([after, event], [before, eventBefore]) => {
    if (event !== eventBefore) return
    const { arrivals, departures } = happening(before, after)
    if (arrivals.length + departures.length === 0) return
    lights.value = [
      // A seat that was given back is not lit any longer, however short its light was on.
      ...lights.value.filter(({ seat }) => seat < after.going),
      ...departures.map((seat) => ({ id: ++lastId, seat, name: undefined, promoted: false })),
      ...arrivals.map(({ seat, face, promoted }) => ({ id: ++lastId, seat, name: face?.name ?? null, promoted })),
    ].slice(-12)
  })

  function over(id: number): void {
    lights.value = lights.value.filter((light) => light.id !== id)
  }

  return { lights, over }
}
