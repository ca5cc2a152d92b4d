/** The cities and countries of each time zone. It is loaded when the field of the zone is used. */

import data from '@vvo/tzdb/raw-time-zones.json'
import type { ZoneData } from './zoneChoices'

export const zoneData: readonly ZoneData[] = data
