/**
 * The page at /api/docs: Swagger UI on the OpenAPI document of this instance. A page of its own, so that the application
 * does not load it.
 */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import 'swagger-ui-dist/swagger-ui.css'
import './page.css'

const theme = document.documentElement.dataset.theme
const dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
document.documentElement.classList.toggle('dark-mode', dark) // Swagger UI's class

SwaggerUI({
  url: new URL('openapi.json', location.href).href,
  domNode: document.getElementById('reference'),
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null, // no other host sees the document
})
