// Restores the theme before the first paint, so that the page does not flash. The policy forbids inline scripts.
try {
  const theme = localStorage.getItem('turnout.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // No storage, no choice to restore.
}
