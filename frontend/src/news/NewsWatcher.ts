import { defineComponent } from 'vue'
import { forgetStoredNews } from './storedNews'
import { useNoticeToasts } from './useNoticeToasts'

/** Shows the notices on every page. It has no element of its own: it is a component so that it loads after the first page. */
export default defineComponent({
  setup() {
    forgetStoredNews()
    useNoticeToasts()
    return () => null
  },
})
