import { useDark } from '@vueuse/core'

/**
 * True in the dark theme. The theme follows the system until it is set to the other one; setting it to the system's own
 * theme follows the system again. `public/theme.js` restores the choice before the first paint.
 */
export function useDarkTheme() {
  return useDark({
    attribute: 'data-theme',
    valueLight: 'light',
    storageKey: 'turnout.theme',
    // The default inserts a style element, which the content security policy refuses.
    disableTransition: false,
  })
}
