import { copyText } from './copyText'
import { useNotices } from './notices'

/**
 * Copies a text, with a notice of the outcome.
 *
 * @param noun the word for the text, such as `link`
 * @param isShown false if the page does not show the text, so that the notice has to
 */
export type Copy = (text: string, noun: string, isShown?: boolean) => Promise<void>

export function useCopy(): Copy {
  const notices = useNotices()
  return async (text, noun, isShown = true) => {
    if (await copyText(text)) {
      notices.show(`The ${noun} is copied.`)
      return
    }
    const instead = isShown ? `Select the ${noun} and copy it.` : `The ${noun} is ${text}`
    notices.showProblem(`Your browser doesn't let us copy. ${instead}`)
  }
}
