/** Removes what earlier versions stored in the browser about a person's own events. */
export function forgetStoredNews(): void {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith('turnout.news '))
    for (const key of keys) localStorage.removeItem(key)
  } catch {
    // The browser keeps nothing for this site.
  }
}
