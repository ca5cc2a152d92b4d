/** Reads the limits of the forms out of the OpenAPI document, so that a form and the server never disagree. */

interface Schema {
  maxLength?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  default?: unknown
  'x-max-days'?: number
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
}

interface Post {
  requestBody?: { content: Record<string, { schema: Schema }> }
}

/** The part of an OpenAPI document that is read here. */
export interface OpenApi {
  components: { schemas: Record<string, Schema | undefined> }
  paths: Record<string, { get?: { parameters?: { name: string; schema: Schema }[] }; post?: Post } | undefined>
}

/** The bodies whose fields a person fills in, and the name that each gets. */
const FORMS = {
  SessionBody: 'session',
  EventDraft: 'event',
  PartyBody: 'attendee',
  InvitationBody: 'invitation',
  NoteBody: 'note',
  ReasonBody: 'reason',
  MessageBody: 'message',
} as const

/** Keywords of a schema, and the name that each gets. */
const KEYWORDS = {
  maxLength: 'maxLength',
  maxItems: 'maxItems',
  minimum: 'minimum',
  maximum: 'maximum',
  default: 'default',
  'x-max-days': 'maxDays',
} as const

function limits(schema: Schema): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const part of [schema, ...(schema.anyOf ?? [])]) {
    for (const [keyword, name] of Object.entries(KEYWORDS)) {
      const value = part[keyword as keyof typeof KEYWORDS]
      if (typeof value === 'number') found[name] = value
    }
    if (part.items) found.items = limits(part.items)
  }
  return found
}

/** The reads whose queries have limits, and the name that each gets. */
const QUERIES = { '/api/events': 'list', '/api/tags': 'tags', '/api/events/{event}/people': 'people' } as const

/** Limits of the query of one read. */
function parameters(document: OpenApi, path: string): Record<string, object> {
  const all = document.paths[path]?.get?.parameters ?? []
  const found = all.map(({ name, schema }): [string, object] => [name, limits(schema)])
  return Object.fromEntries(found.filter(([, each]) => Object.keys(each).length > 0))
}

/** The size of a file of an import, in bytes. */
function importedFile({ paths }: OpenApi): Record<string, object> {
  const [file] = Object.values(paths['/api/import/preview']?.post?.requestBody?.content ?? {})
  if (!file) throw new Error('openapi.json has no import of files')
  return { file: limits(file.schema) }
}

/** TypeScript source of a constant `LIMITS`: form, field, limit. */
export function limitsOf(document: OpenApi): string {
  const forms: [string, object][] = Object.entries(FORMS).map(([schema, form]) => {
    const properties = document.components.schemas[schema]?.properties
    if (!properties) throw new Error(`openapi.json has no schema ${schema} with properties`)
    const fields = Object.entries(properties).map(([field, each]) => [field, limits(each)] as const)
    return [form, Object.fromEntries(fields.filter(([, each]) => Object.keys(each).length > 0))]
  })
  for (const [path, query] of Object.entries(QUERIES)) forms.push([query, parameters(document, path)])
  forms.push(['import', importedFile(document)])
  const literal = JSON.stringify(Object.fromEntries(forms), null, 2)
  return `\n/** The limits of each form's fields, as the server checks them. */\nexport const LIMITS = ${literal} as const\n`
}
