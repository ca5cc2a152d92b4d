import { createRouter, createWebHistory, type Router } from 'vue-router'
import EventsPage from '@/event-list/EventsPage.vue'
import { entryState } from '@/event-list/savedPlace'
import { setDocumentTitle } from '@/shell/documentTitle'

/** True for the errors of browsers (scripts) and of Vite (styles) about a chunk that could not be loaded. */
function isChunkError(error: unknown): boolean {
  return error instanceof Error && /import|preload/i.test(error.message)
}

/**
 * The pages. All but the list load when they are opened.
 *
 * @param reload loads a path from the server: after an upgrade, the chunks of the old version are gone.
 */
export function createPages(reload: (path: string) => void): Router {
  const router = createRouter({
    history: createWebHistory(),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its replacement is experimental
    scrollBehavior: (to, from, saved) => {
      // The list goes back to a card of its own accord, once it has loaded.
      if (to.name === 'events' && entryState().place !== undefined) return false
      return saved ?? (to.path === from.path ? false : { top: 0 })
    },
    routes: [
      { path: '/', name: 'events', component: EventsPage, meta: { title: 'Events' } },
      {
        path: '/new',
        name: 'new',
        component: () => import('@/event-form/NewEventPage.vue'),
        meta: { title: 'Create event' },
      },
      { path: '/events/:id', name: 'event', component: () => import('@/event-page/EventPage.vue'), props: true },
      {
        path: '/events/:id/edit',
        name: 'edit',
        component: () => import('@/event-form/EditEventPage.vue'),
        props: true,
        meta: { title: 'Edit event' },
      },
      {
        path: '/:rest(.*)*',
        name: 'missing',
        component: () => import('@/shell/NotFoundPage.vue'),
        meta: { title: 'Not found' },
      },
    ],
  })
  router.afterEach(({ meta }) => setDocumentTitle(typeof meta.title === 'string' ? meta.title : ''))
  router.onError((error, to, from) => {
    // The first page of a visit is not reloaded, because its chunks come from the current version.
    if (from.matched.length > 0 && isChunkError(error)) reload(to.fullPath)
  })
  return router
}
