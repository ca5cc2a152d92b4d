import { client } from '@/api/generated/client.gen'
import { inject, type App, type InjectionKey } from 'vue'
import type { Snapshot } from './generated'
import { pollWithoutLink } from './polling'
import { LiveViews } from './views'
import { connectToOrigin } from './wire'

const KEY: InjectionKey<LiveViews> = Symbol('live views')

/** A hidden page applies messages at this interval, in ms: browsers run no frames for it. */
const HIDDEN_FRAME_MS = 250

function nextFrame(show: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(show)
  else setTimeout(show, HIDDEN_FRAME_MS)
}

/** The live views of this page, started, and told of sleep and of the network. */
export function liveInBrowser(): LiveViews {
  const live = new LiveViews(connectToOrigin(location), nextFrame, Math.random)
  window.addEventListener('online', () => live.woke())
  window.addEventListener('offline', () => live.unplugged())
  window.addEventListener('pageshow', () => live.woke())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') live.woke()
  })
  live.start()
  pollWithoutLink(live, async (address) => (await client.instance.get<Snapshot>(`/api/${address}`)).data)
  return live
}

/** Gives the live views to all components of an app. */
export function provideLive(app: App, live: LiveViews): void {
  app.provide(KEY, live)
}

/** The live views that `provideLive` gave. */
export function useLive(): LiveViews {
  const live = inject(KEY)
  if (!live) throw new Error('no live views: provideLive was not called for this app')
  return live
}
