/** The handlers of a menu that the button `button()` opens: they close it and move the focus. */
export function menuFocus(button: () => HTMLElement) {
  /** The button closes the menu by itself; another press outside does not open it again. */
  function onInteractOutside(event: CustomEvent<{ originalEvent: Event }>): void {
    if (event.target instanceof Node && button().contains(event.target)) event.preventDefault()
  }

  /** The button has the focus again, unless it went to a dialog or to a place that was pressed. */
  function onCloseAutoFocus(event: Event): void {
    event.preventDefault()
    const focused = document.activeElement
    if (focused === null || focused === document.body || focused.closest('[role=menu]')) button().focus()
  }

  return { onInteractOutside, onCloseAutoFocus }
}
