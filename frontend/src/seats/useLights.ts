import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { happening, type Seating } from './lights'

/** A light that is on for a moment. */
export interface Light {
  id: number
  seat: number
  /** The number of further arrivals or departures: a bar has no seats to tell them apart. */
  place: number
  /** The newcomer; null for a light without initials; undefined for a seat that goes dark. */
  name: string | null | undefined
  promoted: boolean
  /** It comes to a seat that goes dark first. */
  later: boolean
}

/** The time an arrival shows, in ms; as in style.css, but an animation that is off or out of sight never ends. */
export const LIT_MS = 2_400
/** The time a seat stays dark before the next person takes it, in ms. */
export const DARK_MS = 500
/** More of them at once would only be cost. */
const LIGHTS_MAX = 12

/** Lights for what happens to an event while somebody looks. */
export function useLights(seating: () => Seating, key: () => string): ShallowRef<readonly Light[]> {
  const lights = shallowRef<readonly Light[]>([])
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let lastId = 0

  watch([seating, key] as const, ([after, event], [before, eventBefore]) => {
    if (event !== eventBefore) return
    const { departures, arrivals } = happening(before, after)
    if (arrivals.length + departures.length === 0) return
    const left = new Set(departures)
    const fresh: Light[] = [
      ...departures.map((seat, index) => ({
        id: ++lastId,
        seat,
        place: departures.length - 1 - index,
        name: undefined,
        promoted: false,
        later: false,
      })),
      ...arrivals.map(({ seat, face, promoted }, index) => ({
        id: ++lastId,
        seat,
        place: arrivals.length - 1 - index,
        name: face?.name ?? null,
        promoted,
        later: left.has(seat),
      })),
    ]
    // A seat that was given back is not lit any longer, however short its light was on.
    const still = lights.value
      .filter(({ seat }) => seat < after.going && !left.has(seat))
      .map((light) => ({ ...light, place: light.place + arrivals.length }))
    lights.value = [...still, ...fresh].slice(-LIGHTS_MAX)
    fresh.forEach(end)
  })

  function end({ id, name, later }: Light): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        lights.value = lights.value.filter((light) => light.id !== id)
      },
      name === undefined ? DARK_MS : LIT_MS + (later ? DARK_MS : 0),
    )
    timers.add(timer)
  }

  onScopeDispose(() => timers.forEach(clearTimeout))

  return lights
}
