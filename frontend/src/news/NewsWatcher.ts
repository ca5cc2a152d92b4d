import { defineComponent } from 'vue'
import { useNewsNotices } from './useNewsNotices'

/** Shows the news on every page. It has no element of its own: it is a component so that it loads after the first page. */
export default defineComponent({
  setup() {
    useNewsNotices()
    return () => null
  },
})
