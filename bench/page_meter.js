/**
 * Measures the page that it is in: long tasks (W3C Long Tasks), elements and frames. It is added before the page's own
 * scripts. Times are in ms.
 */
globalThis.meter = (() => {
  /** A page without a long task for this time is quiet. */
  const QUIET_MS = 2_000
  /** A task blocks the page for its time beyond this one (web.dev, "Total Blocking Time"). */
  const LONG_MS = 50
  const LATE_FRAME_MS = 50
  /** After this time at the end of a list that does not load, nothing more comes by itself. */
  const STILL_MS = 3_000

  const tasks = []
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: 'longtask', buffered: true })

  const frame = () => new Promise(requestAnimationFrame)
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))
  const countElements = () => document.getElementsByTagName('*').length

  /** Waits until the page shows `row` and is quiet. Returns its elements, and its tasks since `from`. */
  async function settle({ row, from = 0 }) {
    while (document.querySelector(row) === null) await pause(50)
    const shown = performance.now()
    const lastWork = () => Math.max(shown, ...tasks.map(({ startTime, duration }) => startTime + duration))
    while (performance.now() - lastWork() < QUIET_MS) await pause(100)
    const durations = tasks.filter(({ startTime }) => startTime >= from).map(({ duration }) => duration)
    return {
      elements: countElements(),
      longest_ms: Math.max(0, ...durations),
      blocked_ms: durations.reduce((sum, duration) => sum + Math.max(0, duration - LONG_MS), 0),
    }
  }

  /**
   * Scrolls the page from its start to its end, a step in each frame, until the text of the last `row` has `last` in it.
   * Presses "Show more" where nothing more comes by itself. Throws an error if the list ends before.
   */
  async function scroll({ row, last, stepPx }) {
    const from = performance.now()
    const isLoading = () => document.querySelector('[aria-busy=true]') !== null
    const hasLast = () => [...document.querySelectorAll(row)].at(-1)?.textContent.includes(last) ?? false
    const found = { most_elements: 0, presses: 0, frames: 0, late_frames: 0 }
    let [before, movedAt, isWhole] = [await frame(), from, false]
    for (;;) {
      const y = scrollY
      scrollBy({ top: stepPx, behavior: 'instant' })
      const now = await frame()
      found.frames += 1
      if (now - before > LATE_FRAME_MS) found.late_frames += 1
      before = now
      found.most_elements = Math.max(found.most_elements, countElements())
      isWhole ||= hasLast()
      if (scrollY !== y || isLoading()) movedAt = now
      else if (isWhole) break
      else if (now - movedAt > STILL_MS) {
        const more = [...document.querySelectorAll('button')].find((each) => each.textContent.includes('Show more'))
        if (!more) throw new Error(`the list ends before ${last}`)
        more.click()
        found.presses += 1
        movedAt = now
      }
    }
    const list = document.querySelector(row).closest('[role=list]') ?? document.documentElement
    const { longest_ms, blocked_ms } = await settle({ row, from })
    return { ...found, longest_ms, blocked_ms, height_px: list.getBoundingClientRect().height }
  }

  return { settle, scroll }
})()
