/** A part of a text: plain, or the text of a link. */
export interface TextPart {
  text: string
  /** The address of a link; null for plain text. */
  href: string | null
}

/** False for a text that surely has no link, which is most. */
export function mayHaveLinks(text: string): boolean {
  return /https?:\/\/|www\./i.test(text)
}
