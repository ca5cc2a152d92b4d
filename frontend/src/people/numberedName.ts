/** A name in a sentence, with the number that tells it from an equal-looking one: `Anna (2)`. */
export function numberedName(name: string, number: number | undefined): string {
  return number === undefined ? name : `${name} (${String(number)})`
}
