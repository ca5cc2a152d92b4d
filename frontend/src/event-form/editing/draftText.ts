/** A draft as plain text, to be pasted elsewhere. Pure. */

import { bodyOf, type Draft } from '@/event-form/draft'
import { valueWords } from './formParts'

/** The fields that are not empty, one below the other. */
export function textOf(draft: Draft): string {
  const { title, place, link, description, tags } = bodyOf(draft)
  const facts = [title, valueWords('when', draft), place, link, tags?.map((tag) => `#${tag}`).join(' ')]
  return [facts.filter(Boolean).join('\n'), description].filter(Boolean).join('\n\n')
}
