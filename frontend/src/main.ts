/** The composition root: creates everything that lives as long as the page. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { client } from './api/generated/client.gen'
import { sendWriteKeys, useWriteKeys } from './api/writeKeys'
import App from './App.vue'
import { addressOf } from './base'
import { createLiveViews, provideLive } from './live/browser'
import { createPages } from './router'
import { handleErrors } from './shell/errors'
import { followLinks } from './shell/links'
import './style.css'

client.setConfig({ baseURL: addressOf('') })
const app = createApp(App)
provideLive(app, createLiveViews())
const pages = createPages((path) => location.assign(addressOf(path)))
followLinks(document, pages)
const pinia = createPinia()
sendWriteKeys(client.instance, useWriteKeys(pinia))
app.use(pinia).use(pages)
handleErrors(app)
app.mount('#app')
