/** The type of a component for tools that read only TypeScript; vue-tsc reads the component itself. */
declare module '*.vue' {
  import type { Component } from 'vue'
  const component: Component
  export default component
}
