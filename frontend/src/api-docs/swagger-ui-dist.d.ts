/** The part of swagger-ui-dist that is used here; the package has no types. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  export default function SwaggerUI(options: {
    url: string
    domNode: HTMLElement | null
    deepLinking: boolean
    tryItOutEnabled: boolean
    validatorUrl: string | null
  }): void
}
