import { useDocumentVisibility, useEventListener } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, reactive, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import { prepareApi } from '@/api/api'
import { useSession } from '@/session/session'
import { useNow } from '@/time/useNow'
import { absenceOf } from './absence'
import { acknowledge, adopt, allNews, EMPTY, missingEvents, noteWrite, type Memory, type News } from './memory'
import { newsOf, type Absence, type Change } from './newsOf'
import { ownEventsOf, type OwnEvent } from './ownEvents'
import { observeWrites } from './ownWrites'
import { forgetOthers, loadMemory, memoryKey, parseMemory, saveMemory } from './storedMemory'

/** The event whose page is open. */
interface OpenedEvent {
  id: string
  /** The event as the person knew it when the page was opened. */
  before: OwnEvent | undefined
  /** The changes of the person's place since then. */
  standing: readonly Change[]
}

/**
 * The changes of the person's own events, by others, since the person last saw them. They are derived from the events as
 * the person knows them, which all tabs share, and from the view `me`. So news that are seen in one tab end in all, and a
 * change that is taken back is none.
 */
export const useNews = defineStore('news', () => {
  const session = useSession()
  const route = useRoute()
  const now = useNow()
  const visibility = useDocumentVisibility()
  const memory = shallowRef<Memory>(EMPTY)
  const absences = reactive(new Map<string, Absence>())
  const opened = shallowRef<OpenedEvent | null>(null)

  const own = computed(() => ownEventsOf(session.me.items, session.me.at))
  const key = computed(() => (own.value ? memoryKey(own.value.person) : null))
  const news = computed<readonly News[]>(() =>
    own.value ? allNews(memory.value, own.value, absences, Date.now(), now.value) : [],
  )

  /** The news about the open event since its page was opened, including those that are seen by that. */
  const openNews = computed<News | null>(() => {
    const { id, before, standing } = opened.value ?? {}
    if (!before || !standing || !own.value || id === undefined) return null
    const current = own.value.events.get(id)
    const facts = current ? newsOf({ ...before, standing: current.standing }, current, now.value) : []
    const changes = [...standing.filter(({ is }) => (is === 'removed') === !current), ...facts]
    return changes.length > 0 ? { before, now: current ?? null, changes } : null
  })

  function remember(next: Memory): void {
    if (key.value === null || JSON.stringify(next) === JSON.stringify(memory.value)) return
    memory.value = next
    saveMemory(key.value, next)
  }

  watch(
    key,
    (stored) => {
      memory.value = stored === null ? EMPTY : loadMemory(stored)
      absences.clear()
    },
    { immediate: true, flush: 'sync' },
  )
  watch(
    () => session.person,
    (person) => person === undefined || forgetOthers(person?.id ?? null),
    { immediate: true },
  )
  useEventListener(window, 'storage', (event) => {
    if (event.key !== null && event.key === key.value) memory.value = parseMemory(event.newValue)
  })

  watch(
    [own, now, memory],
    () => {
      if (!own.value) return
      remember(adopt(memory.value, own.value, Date.now(), now.value))
      for (const id of own.value.events.keys()) absences.delete(id)
      for (const id of missingEvents(memory.value, own.value, Date.now())) void askWhy(id, own.value.at)
    },
    { immediate: true },
  )

  async function askWhy(id: string, at: string): Promise<void> {
    if (absences.has(id)) return
    absences.set(id, 'unknown')
    const absence = await absenceOf(id, at)
    if (absence === 'unknown')
      absences.delete(id) // the next change asks again
    else if (absences.has(id)) absences.set(id, absence)
  }

  /** The person has seen the news about an event. */
  function see(id: string): void {
    remember(acknowledge(memory.value, id, own.value?.events.get(id)))
  }

  // News on the screen are seen. A deleted event has no page that could tell.
  watch(
    [() => (route.name === 'event' ? String(route.params.id) : null), visibility, news] as const,
    ([id, visible]) => {
      if (id === null) opened.value = null
      else if (visible === 'visible' && own.value && absences.get(id) !== 'deleted') seeOpened(id)
    },
    { immediate: true },
  )

  function seeOpened(id: string): void {
    const last = opened.value?.id === id ? opened.value : { id, before: undefined, standing: [] }
    const unseen = news.value.find(({ before }) => before.id === id)
    const moved = unseen?.changes.filter(({ is }) => is === 'promoted' || is === 'removed') ?? []
    opened.value = { id, before: last.before ?? memory.value.events[id], standing: [...last.standing, ...moved] }
    if (unseen) see(id)
  }

  prepareApi(({ client }) =>
    observeWrites(client.instance, {
      onWrite: (id) => remember(noteWrite(memory.value, id, { since: Date.now(), position: null, isAdopted: false })),
      onAnswer: (id, position) =>
        remember(noteWrite(memory.value, id, { since: Date.now(), position, isAdopted: false })),
      onRefusal: (id) => remember(noteWrite(memory.value, id, null)),
    }),
  )

  return { news, openNews, see }
})
