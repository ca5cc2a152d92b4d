import type { Snapshot } from './generated'

/** The id of the data block in which the server puts the view of the page. */
const BLOCK = 'view'

/** Takes the view that the server put into the page; null if there is none. */
export function takePageView(page: Document): Snapshot | null {
  const block = page.getElementById(BLOCK)
  if (!block) return null
  block.remove()
  return JSON.parse(block.textContent) as Snapshot
}
