import { shallowRef, type ShallowRef } from 'vue'
import { copyText } from '@/shell/copyText'

/** Copies texts, and says how that went. A dialog says it itself, because it hides the notices of the page. */
export function useCopy(): { said: ShallowRef<string>; copy: (text: string, done: string) => Promise<void> } {
  const said = shallowRef('')

  async function copy(text: string, done: string): Promise<void> {
    said.value = ''
    said.value = (await copyText(text)) ? done : "Your browser doesn't let us copy. Select the text and copy it."
  }

  return { said, copy }
}
