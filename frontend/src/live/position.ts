/** A position in the history: `<epoch>-<seq>` (docs/protocol.md, "Positions"). */
export interface Position {
  epoch: string
  seq: number
}

/** Reads a position; null where the text is none. */
export function parsePosition(text: string | null | undefined): Position | null {
  const match = /^(.+)-(\d+)$/.exec(text ?? '')
  return match?.[1] !== undefined ? { epoch: match[1], seq: Number(match[2]) } : null
}

/**
 * True if a view at `at` holds everything up to `wanted`. Positions of different epochs cannot be compared: the history
 * was replaced, nothing newer will come for `wanted`, and so it counts as reached.
 */
export function reached(at: string | null, wanted: string | null): boolean {
  const [here, there] = [parsePosition(at), parsePosition(wanted)]
  if (!there) return true
  if (!here) return false
  return here.epoch !== there.epoch || here.seq >= there.seq
}
