import { useEventListener, useMutationObserver } from '@vueuse/core'

const DIALOGS = '[role=dialog], [role=alertdialog]'
/** Elements that can take over a lost focus: the one that is marked for it, otherwise a heading. */
const FALLBACKS = '[data-home], h1, h2, h3'

/**
 * Moves a lost focus. When the focused element is removed (an attendee who left, a button that did its work), the
 * heading of its section gets the focus, instead of the beginning of the page. Dialogs restore the focus by themselves.
 */
export function useFocusRestore(): void {
  let last: Element | null = null
  let lastAncestors: readonly Element[] = []

  useEventListener(document, 'focusin', ({ target }) => {
    if (!(target instanceof Element) || target.closest(DIALOGS)) return
    last = target
    lastAncestors = ancestorsOf(target)
  })
  useEventListener(document, 'pointerdown', ({ target }) => {
    // A click on an element without focus gives the focus up; a click on another control is followed by its `focusin`.
    if (target instanceof Element && target !== last && !target.closest(DIALOGS)) last = null
  })
  useMutationObserver(
    document.body,
    () => {
      if (!last || last.isConnected || document.activeElement !== document.body) return
      last = null
      fallbackIn(lastAncestors.filter((each) => each.isConnected))?.focus({ preventScroll: true })
    },
    { childList: true, subtree: true },
  )
}

/** Innermost first. */
function ancestorsOf(element: Element): Element[] {
  const parent = element.parentElement
  return parent ? [parent, ...ancestorsOf(parent)] : []
}

function fallbackIn(containers: readonly Element[]): HTMLElement | null {
  const [fallback] = containers.flatMap((each) => each.querySelector<HTMLElement>(FALLBACKS) ?? [])
  if (!fallback) return null
  const target = fallback.querySelector<HTMLElement>('a') ?? fallback
  if (target.tabIndex < 0) target.tabIndex = -1
  return target
}
