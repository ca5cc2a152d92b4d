import { prepareApi } from '@/api/api'
import { isAxiosError } from '@/api/axiosError'
import { positionOf } from '@/api/write'
import { inject, watch, type App, type InjectionKey } from 'vue'
import { fetchView } from './fetchView'
import { onNetworkKind } from './networkKind'
import { takePageView } from './pageView'
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
function followAnswers(live: LiveViews): void {
  const { clock } = live
  prepareApi(({ client }) =>
    client.instance.interceptors.response.use(
      (response) => {
        clock.setByDate(response.headers.date)
        const position = positionOf(response)
        if (position !== null) live.onAnswer(position)
        return response
      },
      (error: unknown) => {
        if (isAxiosError(error)) clock.setByDate(error.response?.headers.date)
        throw error
      },
    ),
  )
}

/** Creates and starts the live views of this page. They follow the page's visibility and the state of the network. */
export function createLiveViews(): LiveViews {
  const live = new LiveViews(connectToOrigin(location), nextFrame, Math.random)
  window.addEventListener('online', () => live.onVisible())
  window.addEventListener('offline', () => live.onOffline())
  onNetworkKind(() => live.onNetworkChange())
  window.addEventListener('pageshow', () => live.onVisible())
  document.addEventListener('visibilitychange', () => {
    live.onVisibility(document.visibilityState === 'visible')
    if (document.visibilityState === 'visible') live.onVisible()
  })
  followAnswers(live)
  live.onVisibility(document.visibilityState === 'visible')
  const shown = takePageView(document)
  if (shown) live.adopt(shown)
  live.start()
  pollWhileDisconnected(live, fetchView)
  return live
}

/** Runs a task once the page is live for the first time. */
export function onceLive(live: LiveViews, run: () => void): void {
  const stop = watch(live.state, (state) => {
    if (state !== 'live') return
    stop()
    run()
  })
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
