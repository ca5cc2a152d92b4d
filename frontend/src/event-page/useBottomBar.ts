import { useEventListener, useResizeObserver } from '@vueuse/core'
import { onScopeDispose, type ShallowRef } from 'vue'

/** The property of the document that style.css and the notices use: the height of the bar at the lower edge. */
const HEIGHT = '--bottom-bar'

/** Keeps the page's last lines, its notices and the focus above an element while that is fixed to the lower edge. */
export function useBottomBar(bar: Readonly<ShallowRef<HTMLElement | null>>): void {
  const { style } = document.documentElement

  function update(): void {
    const element = bar.value
    const height = element && getComputedStyle(element).position === 'fixed' ? element.offsetHeight : 0
    style.setProperty(HEIGHT, `${String(height)}px`)
  }

  useResizeObserver(bar, update, { box: 'border-box' })
  useEventListener('resize', update)
  onScopeDispose(() => style.removeProperty(HEIGHT))
}
