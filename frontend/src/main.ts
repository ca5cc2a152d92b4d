/** The composition root: everything that lives as long as the page is made here. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { liveInBrowser, provideLive } from './live/browser'
import { createPages } from './router'
import './style.css'

const app = createApp(App)
provideLive(app, liveInBrowser())
app.use(createPinia()).use(createPages()).mount('#app')
