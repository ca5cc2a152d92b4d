import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import manifest from './package.json' with { type: 'json' }

// Where `npm run dev` finds the services.
const server = process.env.TURNOUT_SERVER ?? 'http://127.0.0.1:8000'

// `browserslist` in package.json, as the build writes them: chrome111, ios16.4. It lowers syntax and CSS for these.
const target = manifest.browserslist.map((each) => each.replace('ios_saf', 'ios').replace(' >= ', ''))

// The server writes the path of the instance into the <base> of index.html. The page of the API has none: with one, Swagger UI
// would change the address to that of another page. It is always at /api/docs.
const apiDocs: Plugin = {
  name: 'api-docs',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { path }) => (path === '/api-docs.html' ? html.replaceAll('"./', '"../') : html),
  },
}

/**
 * Names the scripts and styles of the event's page in a comment of index.html. The server puts them into the pages of events,
 * so that they load beside the application and not after it.
 */
const pageChunks: Plugin = {
  name: 'page-chunks',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { path, bundle }) => {
      if (path !== '/index.html' || !bundle) return html
      const chunks = Object.values(bundle).filter((each) => each.type === 'chunk')
      const page = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('src/event-page/EventPage.vue'))
      if (!page) throw new Error('index.html: the page of an event is no chunk of its own')
      const files = [page.fileName, ...page.imports].filter((file) => !html.includes(file))
      const links = [
        ...files.map((file) => `<link rel="modulepreload" fetchpriority="low" crossorigin href="./${file}">`),
        ...[...(page.viteMetadata?.importedCss ?? [])].map(
          (file) => `<link rel="stylesheet" crossorigin href="./${file}">`,
        ),
      ]
      return html.replace('</head>', `<!--chunks event: ${links.join('')}-->\n  </head>`)
    },
  },
}

export default defineConfig({
  base: './',
  plugins: [vue({ features: { optionsAPI: false } }), tailwindcss(), apiDocs, pageChunks],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    manifest: true,
    target,
    // Fonts and images stay files: the content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index.html', 'api-docs.html'],
      // The first page's scripts are one file: several files are 4 KB larger in all.
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: 'app', tags: ['$initial'], test: /^(?!.*(swagger|api-docs))/ }],
        },
      },
    },
    chunkSizeWarningLimit: 2000, // KB: the reference of the API; scripts/size.ts watches the application
  },
  server: { proxy: { '/api': { target: server, ws: true }, '/unsubscribe': { target: server } } },
  test: {
    environment: 'happy-dom',
    // Each file keeps its own globals, and the environment is made once per worker: a third of the time.
    pool: 'vmThreads',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
  },
})
