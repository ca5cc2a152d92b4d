// Before the first paint, so that nobody who chose the other theme sees a flash. A file: inline scripts are not allowed.
try {
  const theme = localStorage.getItem('turnout.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // No storage, no choice to restore.
}
