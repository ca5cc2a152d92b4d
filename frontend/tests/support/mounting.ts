/** Mounts components the way main.ts does, against a fake live connection. */
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createApp, defineComponent, type Component } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { client } from '@/api/generated/client.gen'
import { sendWriteKeys, useWriteKeys } from '@/api/writeKeys'
import { provideLive } from '@/live/browser'
import { LiveViews } from '@/live/liveViews'
import { FakeServer } from './server'

export interface Stage {
  server: FakeServer
  live: LiveViews
  router: Router
  mount: (component: Component, props?: Record<string, unknown>) => VueWrapper
  /** Runs something where composables and stores can be used. */
  run: <T>(what: () => T) => T
}

export function stage(): Stage {
  const server = new FakeServer()
  const live = new LiveViews(
    server.connect,
    (show) => show(),
    () => 0,
  )
  live.start()
  const blank = defineComponent({ render: () => null })
  const paths: [string, string][] = [
    ['events', '/'],
    ['new', '/new'],
    ['import', '/import'],
    ['event', '/events/:id'],
    ['edit', '/events/:id/edit'],
    ['you', '/you'],
    ['notices', '/notices'],
    ['sign-in', '/sign-in'],
    ['moderation', '/moderation'],
    ['privacy', '/privacy'],
  ]
  const router = createRouter({
    history: createMemoryHistory(),
    routes: paths.map(([name, path]) => ({ name, path, component: blank })),
  })
  const pinia = createPinia()
  const provide = { install: (app: ReturnType<typeof createApp>) => provideLive(app, live) }
  const app = createApp(blank)
  provideLive(app, live)
  app.use(pinia).use(router)
  setActivePinia(pinia)
  client.instance.interceptors.request.clear()
  client.instance.interceptors.response.clear()
  sendWriteKeys(client.instance, useWriteKeys())
  return {
    server,
    live,
    router,
    run: (what) => app.runWithContext(what),
    mount: (component, props = {}) =>
      mount(component, { props, attachTo: document.body, global: { plugins: [provide, pinia, router] } }),
  }
}
