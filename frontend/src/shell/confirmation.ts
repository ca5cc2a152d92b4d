import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** A question before an action that cannot be undone. */
export interface Question {
  title: string
  text: string
  /** Label of the button that runs the action. */
  confirm: string
  /** Label of the safe button, which changes nothing. */
  dismiss: string
  /** Label of a milder action, if there is one. It asks its own question if it cannot be undone. */
  alternative?: string
}

/** The answer to a question. */
export type ConfirmationAnswer = 'confirm' | 'alternative' | 'dismiss'

/** Asks one question at a time, in a dialog. */
export const useConfirmation = defineStore('confirmation', () => {
  const question = shallowRef<Question | null>(null)
  let resolve: ((answer: ConfirmationAnswer) => void) | null = null

  function ask(next: Question): Promise<ConfirmationAnswer> {
    answer('dismiss')
    question.value = next
    return new Promise((resolveNext) => (resolve = resolveNext))
  }

  function answer(given: ConfirmationAnswer): void {
    question.value = null
    resolve?.(given)
    resolve = null
  }

  return { question, ask, answer }
})
