/** The composition root: creates everything that lives as long as the page. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { loadApi, prepareApi } from './api/api'
import { sendWriteKeys, useWriteKeys } from './api/writeKeys'
import App from './App.vue'
import { addressOf } from './base'
import EmbedRoot from './embed/EmbedRoot.vue'
import { isEmbedded } from './embed/embedded'
import { createLiveViews, onceLive, provideLive } from './live/browser'
import { createPages } from './router'
import { handleErrors } from './shell/errors'
import { prefetchPages, whenIdle } from './shell/lazyPage'
import { followLinks } from './shell/links'
import { hasUnsavedText, recoverMissingChunks } from './shell/missingChunks'
import { markPrintedLinks } from './shell/printedLinks'
import { whenReplaceable } from './shell/firstContent'
import { isServerReachable } from './shell/serverProbe'
import './style.css'

const app = createApp(isEmbedded() ? EmbedRoot : App)
const live = createLiveViews()
provideLive(app, live)
const pages = createPages()
followLinks(document, pages)
window.addEventListener('beforeprint', () => markPrintedLinks(document))
const pinia = createPinia()
prepareApi(({ client }) => {
  client.setConfig({ baseURL: addressOf('') })
  sendWriteKeys(client.instance, useWriteKeys(pinia))
})
app.use(pinia).use(pages)
app.runWithContext(() =>
  recoverMissingChunks(pages, {
    isServerReachable: () => isServerReachable(addressOf('/')),
    hasUnsavedText,
    reload: (path) => location.assign(addressOf(path)),
  }),
)
handleErrors(app)
void whenReplaceable(document.querySelector('#app'), pages).then(() => app.mount('#app'))
if (!isEmbedded())
  onceLive(live, () => {
    void loadApi().catch(() => undefined) // the first call tries again
    whenIdle(() => void prefetchPages(pages))
  })
