const FIRST_STRONG_ISOLATE = '\u2068'
const POP_DIRECTIONAL_ISOLATE = '\u2069'

/**
 * A name or a title as part of a sentence that cannot hold markup, such as a notice: its direction and that of the
 * sentence do not disturb each other. Where markup can be, it is a `bdi`.
 */
export function isolate(text: string): string {
  return `${FIRST_STRONG_ISOLATE}${text}${POP_DIRECTIONAL_ISOLATE}`
}
