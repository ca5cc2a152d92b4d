const NUMBER = new Intl.NumberFormat('en')

/** A number with separators: `12,345`. */
export function formatNumber(number: number): string {
  return NUMBER.format(number)
}

/** A number of things: `1 seat`, `12,345 seats`, `2 people`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`
}
