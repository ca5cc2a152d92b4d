/** The search for a place on OpenStreetMap. The page itself never asks for it: only a click does. */
export function mapAddress(place: string): string {
  return `https://www.openstreetmap.org/search?${new URLSearchParams({ query: place }).toString()}`
}
