import type { OwnCounts } from '@/session/ownCounts'
import { formatCount } from '@/text/numbers'

/** The losses of a person who is erased. */
export function eraseWords({ organizes, attends }: OwnCounts): string {
  const sentences = ["Your name, your sessions and your ways back are gone at once. You can't undo this."]
  if (attends > 0) sentences.push(`You give up your seats at ${formatCount(attends, 'event')}.`)
  if (organizes > 0) {
    const [it, is] = organizes === 1 ? ['it', 'is'] : ['they', 'are']
    sentences.push(
      `You organize ${formatCount(organizes, 'event')}: ${it} ${is} handed to a co-host, or called off if there is none.`,
    )
  }
  return sentences.join(' ')
}
