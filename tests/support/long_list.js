/**
 * Scrolls the list in steps, each in a frame of its own, and measures it.
 *
 * @param {{steps: number, stepPx: number}} way
 * @returns the order of the cards that were on the screen, the px that were scrolled, the largest error of a card's position
 *   in px, the largest number of cards and of elements, and the duration of each frame in ms.
 */
async ({ steps, stepPx }) => {
  const rows = () => [...document.querySelectorAll('[data-row]')]
  const onScreen = () => {
    const shown = rows().map((row) => [row, row.getBoundingClientRect()])
    return shown.filter(([, { top, bottom }]) => bottom > 0 && top < innerHeight)
  }
  const places = () => new Map(onScreen().map(([row, { top }]) => [row.dataset.row, top]))
  const title = (row) => row.querySelector('h3').textContent.trim()
  const frame = () => new Promise(requestAnimationFrame)
  const seen = new Set()
  const frames = []
  let [scrolledPx, errorPx, cards, nodes] = [0, 0, 0, 0]
  let last = await frame()
  for (let step = 0; step < steps; step++) {
    const before = places()
    const [y, pageEnd] = [scrollY, document.documentElement.scrollHeight - innerHeight]
    const movedPx = Math.min(Math.max(stepPx, -y), pageEnd - y)
    scrolledPx += movedPx
    scrollBy({ top: movedPx, behavior: 'instant' })
    const now = await frame()
    frames.push(now - last)
    last = now
    await frame().then((time) => (last = time))
    for (const [key, top] of places()) {
      if (before.has(key)) errorPx = Math.max(errorPx, Math.abs(before.get(key) - movedPx - top))
    }
    for (const [row] of onScreen()) seen.add(title(row))
    cards = Math.max(cards, rows().length)
    nodes = Math.max(nodes, document.querySelectorAll('*').length)
  }
  return { seen: [...seen], scrolledPx, errorPx, cards, nodes, frames }
}
