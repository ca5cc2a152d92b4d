const NUMBER = new Intl.NumberFormat('en')

/** A number with separators: `12,345`. */
export function formatNumber(number: number): string {
  return NUMBER.format(number)
}
