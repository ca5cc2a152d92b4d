import { createRouter, createWebHistory, type Router } from 'vue-router'
import EventsPage from '@/event-list/EventsPage.vue'
import { entryState } from '@/event-list/savedPlace'
import { takeArrivingSecrets } from '@/sign-in/arrivingSecret'
import { reportFailedSignIns } from '@/sign-in/failedSignIn'
import { setDocumentTitle } from '@/shell/documentTitle'
import { lazyPage } from '@/shell/lazyPage'

/** The pages. All but the list load when they are opened. */
export function createPages(): Router {
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
        component: lazyPage(() => import('@/event-form/NewEventPage.vue')),
        meta: { title: 'Create event' },
      },
      {
        path: '/import',
        name: 'import',
        component: lazyPage(() => import('@/import/ImportPage.vue')),
        meta: { title: 'Import events' },
      },
      {
        path: '/events/:id',
        name: 'event',
        component: lazyPage(() => import('@/event-page/EventPage.vue')),
        props: true,
      },
      { path: '/e/:id', redirect: ({ params, query, hash }) => ({ name: 'event', params, query, hash }) },
      {
        path: '/embed/events/:id',
        name: 'embedded-event',
        component: lazyPage(() => import('@/embed/EmbedEventPage.vue')),
        props: true,
      },
      {
        path: '/embed/events',
        name: 'embedded-events',
        component: lazyPage(() => import('@/embed/EmbedListPage.vue')),
      },
      {
        path: '/events/:id/edit',
        name: 'edit',
        component: lazyPage(() => import('@/event-form/EditEventPage.vue')),
        props: true,
        meta: { title: 'Edit event' },
      },
      {
        path: '/moderation',
        name: 'moderation',
        component: lazyPage(() => import('@/moderation/ModerationPage.vue')),
        meta: { title: 'Moderation' },
      },
      {
        path: '/you',
        name: 'you',
        component: lazyPage(() => import('@/you/YouPage.vue')),
        meta: { title: 'You' },
      },
      {
        path: '/notices',
        name: 'notices',
        component: lazyPage(() => import('@/news/NoticesPage.vue')),
        meta: { title: 'Notices' },
      },
      {
        path: '/sign-in',
        name: 'sign-in',
        component: lazyPage(() => import('@/sign-in/SignInPage.vue')),
        meta: { title: 'Come back' },
      },
      {
        path: '/privacy',
        name: 'privacy',
        component: lazyPage(() => import('@/shell/PrivacyPage.vue')),
        meta: { title: 'Privacy' },
      },
      {
        path: '/:rest(.*)*',
        name: 'missing',
        component: lazyPage(() => import('@/shell/NotFoundPage.vue')),
        meta: { title: 'Not found' },
      },
    ],
  })
  takeArrivingSecrets(router)
  reportFailedSignIns(router)
  router.afterEach(({ meta }) => setDocumentTitle(typeof meta.title === 'string' ? meta.title : ''))
  return router
}
