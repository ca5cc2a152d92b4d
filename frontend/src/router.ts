import { createRouter, createWebHistory, type Router } from 'vue-router'
import EventsPage from '@/event-list/EventsPage.vue'
import { setDocumentTitle } from '@/shell/documentTitle'

/** As the browsers, and Vite for styles, say that a part of the page could not be loaded. */
function isMissingPart(error: unknown): boolean {
  return error instanceof Error && /import|preload/i.test(error.message)
}

/**
 * The pages; all but the list are loaded when they are opened.
 *
 * @param leave loads a path anew: where a newer version was put in place, the parts of this one are gone.
 */
export function createPages(leave: (path: string) => void): Router {
  const router = createRouter({
    history: createWebHistory(),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- what replaces it is still experimental
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
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
    // The first page of all is not loaded again: what is missing then stays missing.
    if (from.matched.length > 0 && isMissingPart(error)) leave(to.fullPath)
  })
  return router
}
