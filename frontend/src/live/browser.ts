import { isAxiosError } from 'axios'
import { client } from '@/api/generated/client.gen'
import type { ServerClock } from '@/time/serverClock'
import { inject, type App, type InjectionKey } from 'vue'
import type { Snapshot } from './generated'
import { pollWhileDisconnected } from './polling'
import { LiveViews } from './liveViews'
import { connectToOrigin } from './socket'

const KEY: InjectionKey<LiveViews> = Symbol('live views')

/** A hidden page applies messages at this interval, in ms: browsers run no frames for it. */
const HIDDEN_FRAME_MS = 250

function nextFrame(render: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(render)
  else setTimeout(render, HIDDEN_FRAME_MS)
}

/** Sets the clock by the answers of the API: where no live connection opens, nothing else tells the server's time. */
function followDates(clock: ServerClock): void {
  client.instance.interceptors.response.use(
    (response) => {
      clock.setByDate(response.headers.date)
      return response
    },
    (error: unknown) => {
      if (isAxiosError(error)) clock.setByDate(error.response?.headers.date)
      throw error
    },
  )
}

/** Creates and starts the live views of this page. They follow the page's visibility and the state of the network. */
export function createLiveViews(): LiveViews {
  const live = new LiveViews(connectToOrigin(location), nextFrame, Math.random)
  window.addEventListener('online', () => live.onVisible())
  window.addEventListener('offline', () => live.onOffline())
  window.addEventListener('pageshow', () => live.onVisible())
  document.addEventListener('visibilitychange', () => {
    live.onVisibility(document.visibilityState === 'visible')
    if (document.visibilityState === 'visible') live.onVisible()
  })
  followDates(live.clock)
  live.onVisibility(document.visibilityState === 'visible')
  live.start()
  pollWhileDisconnected(live, async (address) => (await client.instance.get<Snapshot>(`/api/${address}`)).data)
  return live
}

/** Provides the live views to all components of an app. */
export function provideLive(app: App, live: LiveViews): void {
  app.provide(KEY, live)
}

/** The live views that `provideLive` provided. */
export function useLive(): LiveViews {
  const live = inject(KEY)
  if (!live) throw new Error('no live views: provideLive was not called for this app')
  return live
}
