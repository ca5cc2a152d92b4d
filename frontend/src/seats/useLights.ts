import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { seatChanges, type Seating } from './lights'

/** A light on a seat, for a moment. */
export interface Light {
  id: number
  seat: number
  /** The number of newer arrivals or departures. A bar uses it, because it shows no single seats. */
  offset: number
  /** The newcomer's name; null for a light without initials; undefined for a departure. */
  name: string | null | undefined
  isPromoted: boolean
  /** True if the seat shows a departure first. */
  isDelayed: boolean
}

/**
 * The duration of an arrival, in ms, as in style.css. A timer ends it, because an animation that is disabled or out of
 * sight never ends.
 */
export const ARRIVAL_MS = 2_400
/** The duration of a departure, in ms, before the next person takes the seat. */
export const DEPARTURE_MS = 500
/** The largest number of lights on a row. */
const LIGHTS_MAX = 12

/** Lights for the changes of an event while the component lives. */
export function useLights(seating: () => Seating, key: () => string): ShallowRef<readonly Light[]> {
  const lights = shallowRef<readonly Light[]>([])
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let lastId = 0

  watch([seating, key] as const, ([after, event], [before, eventBefore]) => {
    if (event !== eventBefore) return
    const { departures, arrivals } = seatChanges(before, after)
    if (arrivals.length + departures.length === 0) return
    const left = new Set(departures)
    const fresh: Light[] = [
      ...departures.map((seat, index) => ({
        id: ++lastId,
        seat,
        offset: departures.length - 1 - index,
        name: undefined,
        isPromoted: false,
        isDelayed: false,
      })),
      ...arrivals.map(({ seat, face, isPromoted }, index) => ({
        id: ++lastId,
        seat,
        offset: arrivals.length - 1 - index,
        name: face?.name ?? null,
        isPromoted,
        isDelayed: left.has(seat),
      })),
    ]
    // The light of a seat that was given back ends at once.
    const remaining = lights.value
      .filter(({ seat }) => seat < after.going && !left.has(seat))
      .map((light) => ({ ...light, offset: light.offset + arrivals.length }))
    lights.value = [...remaining, ...fresh].slice(-LIGHTS_MAX)
    fresh.forEach(endLater)
  })

  function endLater({ id, name, isDelayed }: Light): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        lights.value = lights.value.filter((light) => light.id !== id)
      },
      name === undefined ? DEPARTURE_MS : ARRIVAL_MS + (isDelayed ? DEPARTURE_MS : 0),
    )
    timers.add(timer)
  }

  onScopeDispose(() => timers.forEach(clearTimeout))

  return lights
}
