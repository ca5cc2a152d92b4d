/** A position in the history: `<epoch>-<seq>` (docs/protocol.md, "Positions"). */
export interface Position {
  epoch: string
  seq: number
}

/** Parses a position; null if the text is not a position. */
export function parsePosition(text: string | null | undefined): Position | null {
  const match = /^(.+)-(\d+)$/.exec(text ?? '')
  return match?.[1] !== undefined ? { epoch: match[1], seq: Number(match[2]) } : null
}

/**
 * True if a view at `at` holds everything up to `wanted`. Positions of different epochs cannot be compared: the history
 * was replaced, no newer position of the old epoch will come, and so `wanted` counts as reached.
 */
export function hasReached(at: string | null, wanted: string | null): boolean {
  const [here, there] = [parsePosition(at), parsePosition(wanted)]
  if (!there) return true
  if (!here) return false
  return here.epoch !== there.epoch || here.seq >= there.seq
}
