import { createRouter, createWebHistory, type Router } from 'vue-router'
import EventsPage from '@/events/EventsPage.vue'
import { showTitle } from '@/shell/title'

/** The pages; all but the list are loaded when they are opened. */
export function createPages(): Router {
  const router = createRouter({
    history: createWebHistory(),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- what replaces it is still experimental
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
    routes: [
      { path: '/', name: 'events', component: EventsPage, meta: { title: 'Events' } },
      {
        path: '/new',
        name: 'new',
        component: () => import('@/compose/NewEventPage.vue'),
        meta: { title: 'Create event' },
      },
      { path: '/events/:id', name: 'event', component: () => import('@/event/EventPage.vue'), props: true },
      {
        path: '/events/:id/edit',
        name: 'edit',
        component: () => import('@/compose/EditEventPage.vue'),
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
  router.afterEach(({ meta }) => showTitle(typeof meta.title === 'string' ? meta.title : ''))
  return router
}
