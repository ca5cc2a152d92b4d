import { onScopeDispose } from 'vue'

const DIALOGS = '[role=dialog], [role=alertdialog]'
/** Where to go on: what says so, or what names the place. */
const HOMES = '[data-home], h1, h2, h3'

/**
 * When what had the focus is gone (an attendee who was removed, a button that did its work), the focus goes to the
 * heading of the place where that was, instead of back to the beginning of the page. The focus of a dialog is that of
 * whatever opened it.
 */
export function useFocusRestore(): void {
  let last: Element | null = null
  let places: readonly Element[] = []

  const note = ({ target }: Event): void => {
    if (!(target instanceof Element) || target.closest(DIALOGS)) return
    last = target
    places = ancestors(target)
  }
  const forget = ({ target }: Event): void => {
    // A click elsewhere ends the keeping; a focus that follows is kept again.
    if (target instanceof Element && target !== last && !target.closest(DIALOGS)) last = null
  }
  const keep = (): void => {
    if (!last || last.isConnected || document.activeElement !== document.body) return
    last = null
    homeIn(places.filter((place) => place.isConnected))?.focus({ preventScroll: true })
  }

  const observer = new MutationObserver(keep)
  observer.observe(document.body, { childList: true, subtree: true })
  document.addEventListener('focusin', note)
  document.addEventListener('pointerdown', forget)
  onScopeDispose(() => {
    observer.disconnect()
    document.removeEventListener('focusin', note)
    document.removeEventListener('pointerdown', forget)
  })
}

/** Innermost first. */
function ancestors(element: Element): Element[] {
  const parent = element.parentElement
  return parent ? [parent, ...ancestors(parent)] : []
}

function homeIn(places: readonly Element[]): HTMLElement | null {
  const [home] = places.flatMap((place) => place.querySelector<HTMLElement>(HOMES) ?? [])
  if (!home) return null
  const target = home.querySelector<HTMLElement>('a') ?? home
  if (target.tabIndex < 0) target.tabIndex = -1
  return target
}
