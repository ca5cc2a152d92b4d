import { readonly, ref, watch } from 'vue'

/** The choice of light or dark: by the system or by hand. */
export type Theme = 'system' | 'light' | 'dark'

/** Where `public/theme.js` finds the choice before the first paint. */
const KEPT_AS = 'turnout.theme'

function kept(): Theme {
  const chosen = document.documentElement.dataset.theme
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

const theme = ref<Theme>(kept())
const systemDark = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(systemDark.matches)
systemDark.addEventListener('change', ({ matches }) => (systemIsDark.value = matches))

watch(
  theme,
  (chosen) => {
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    try {
      if (chosen === 'system') localStorage.removeItem(KEPT_AS)
      else localStorage.setItem(KEPT_AS, chosen)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  },
  { flush: 'sync' },
)

/** The theme, and the switch between its two sides; switching back to what the system says follows it again. */
export function useTheme() {
  const isDark = (): boolean => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark')
  function toggle(): void {
    const dark = !isDark()
    theme.value = dark === systemIsDark.value ? 'system' : dark ? 'dark' : 'light'
  }
  return { theme: readonly(theme), isDark, toggle }
}
