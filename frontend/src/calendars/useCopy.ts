import { useNotices } from '@/shell/notices'

/** Copying an address, with a notice of the outcome. */
export interface Copy {
  copy: (address: string) => Promise<void>
}

export function useCopy(): Copy {
  const notices = useNotices()

  async function copy(address: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address)
      notices.show('The address is copied.')
    } catch {
      notices.showProblem(`Your browser doesn't let us copy. The address is ${address}`)
    }
  }

  return { copy }
}
