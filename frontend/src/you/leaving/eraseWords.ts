import type { OwnCounts } from '@/session/ownCounts'
import { formatCount } from '@/text/numbers'

/** The losses of a person who is erased. */
export function eraseWords({ organized, attended }: OwnCounts): string {
  const sentences = ["Your name, your sessions and your ways back are gone at once. You can't undo this."]
  if (attended > 0) sentences.push(`You give up your seats at ${formatCount(attended, 'event')}.`)
  if (organized > 0) {
    const [it, is] = organized === 1 ? ['it', 'is'] : ['they', 'are']
    sentences.push(
      `You organize ${formatCount(organized, 'event')}: ${it} ${is} handed to a co-host, or called off if there is none.`,
    )
  }
  return sentences.join(' ')
}
