/** The composition root: creates everything that lives as long as the page. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { createLiveViews, provideLive } from './live/browser'
import { createPages } from './router'
import { handleErrors } from './shell/errors'
import { followLinks } from './shell/links'
import './style.css'

const app = createApp(App)
provideLive(app, createLiveViews())
const pages = createPages((path) => location.assign(path))
followLinks(document, pages)
app.use(createPinia()).use(pages)
handleErrors(app)
app.mount('#app')
