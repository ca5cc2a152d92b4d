/**
 * The service worker: shows pushed notices, also while no page is open, and opens the event of one that is pressed. A
 * message is JSON with the fields `id`, `title`, `body` and `path` (docs/protocol.md, "Push messages"). It keeps and
 * fetches nothing.
 */

self.addEventListener('push', (event) => event.waitUntil(show(event.data)))

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(addressOf(event.notification.data?.path)))
})

/** Browsers demand a notification for each message, so an unreadable one has a notification, too. */
async function show(data) {
  const { id, title, body, path } = read(data)
  // A message that comes twice has one notification.
  await self.registration.showNotification(title, { body, tag: id, data: { path } })
}

function read(data) {
  const unknown = { id: 'unknown', title: 'Turnout', body: 'There is something new.', path: '/notices' }
  try {
    const message = data.json()
    return typeof message.title === 'string' ? message : unknown
  } catch {
    return unknown
  }
}

/** The address of a path within this instance; its first page for any other. */
function addressOf(path) {
  const { scope } = self.registration
  const { href } = new URL(`.${typeof path === 'string' ? path : '/'}`, scope)
  return href.startsWith(scope) ? href : scope
}

async function open(address) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const opened = pages.find(({ url }) => url === address)
  await (opened ? opened.focus() : self.clients.openWindow(address))
}
