import { defineAsyncComponent, defineComponent, type Component } from 'vue'

const Nothing = defineComponent({ render: () => null })

/** A component that loads by itself. Without it the page works, so its failure is none of the page. */
export function optionalComponent(load: () => Promise<{ default: Component }>): Component {
  return defineAsyncComponent(() => load().catch(() => ({ default: Nothing })))
}
