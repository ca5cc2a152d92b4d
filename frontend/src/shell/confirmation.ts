import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** A question before something that can't be undone. */
export interface Question {
  title: string
  text: string
  /** Label of the button that does it. */
  confirm: string
  /** Label of the safe button, which changes nothing. */
  keep: string
  /** Label of a milder action, if there is one. */
  alternative?: string
}

/** The answer to a question. */
export type Answered = 'confirm' | 'alternative' | 'keep'

/** Asks one question at a time, in a dialog. */
export const useConfirmation = defineStore('confirmation', () => {
  const question = shallowRef<Question | null>(null)
  let resolve: ((answered: Answered) => void) | null = null

  function ask(wanted: Question): Promise<Answered> {
    answer('keep')
    question.value = wanted
    return new Promise((resolved) => (resolve = resolved))
  }

  function answer(answered: Answered): void {
    question.value = null
    resolve?.(answered)
    resolve = null
  }

  return { question, ask, answer }
})
