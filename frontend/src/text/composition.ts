/** Input methods: keys and input that belong to a text that is still being composed. Pure. */

/** The key code of every key that an input method handles (UI Events, section 7.3.1). */
const PROCESSED_BY_INPUT_METHOD = 229

/**
 * True while an input method composes: Enter then picks a candidate, and the text is not final. Safari ends the composition
 * before it reports that key, and only the key code tells (WebKit bug 165004).
 */
export function isComposing(event: Event): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells in Safari
  const { isComposing = false, keyCode = 0 } = event as Partial<Pick<KeyboardEvent, 'isComposing' | 'keyCode'>>
  return isComposing || keyCode === PROCESSED_BY_INPUT_METHOD
}
