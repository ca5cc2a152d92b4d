import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { api } from '@/api/api'
import { Rejection } from '@/api/rejection'
import { write } from '@/api/write'
import { useSession } from '@/session/session'
import { contentOf, fileProblem } from './chosenFile'
import { chosenAtFirst, fileEvents, type FileEvent } from './fileEvents'
import { NAME_REASON } from './useRun'

/** A file that the server has read. */
export interface Preview {
  /** The name of the file. */
  name: string
  events: readonly FileEvent[]
  /** Sentences about the whole file. */
  problems: readonly string[]
}

/** The problems that keep a file from being read; empty for none. */
export interface PreviewProblems {
  file: string
  zone: string
  /** One that belongs to no field. */
  other: string
}

const NO_PROBLEMS: Readonly<PreviewProblems> = { file: '', zone: '', other: '' }

/** The choice of a file and a zone, and the events in it. */
export interface PreviewState {
  file: ShallowRef<File | null>
  zone: Ref<string>
  problems: ShallowRef<PreviewProblems>
  isReading: Ref<boolean>
  preview: ShallowRef<Preview | null>
  /** The numbers of the chosen events. */
  chosen: Ref<ReadonlySet<number>>
  chosenEvents: ComputedRef<readonly FileEvent[]>
  choose: (file: File | null) => void
  /** Forgets what was read. */
  clear: () => void
  /** Has the file read. True if there is a preview then. */
  read: () => Promise<boolean>
}

export function usePreview(viewerZone: string): PreviewState {
  const session = useSession()
  const file = shallowRef<File | null>(null)
  const zone = ref(viewerZone)
  const problems = shallowRef(NO_PROBLEMS)
  const isReading = ref(false)
  const preview = shallowRef<Preview | null>(null)
  const chosen = ref<ReadonlySet<number>>(new Set())
  const chosenEvents = computed(() => preview.value?.events.filter(({ number }) => chosen.value.has(number)) ?? [])

  function clear(): void {
    preview.value = null
    problems.value = NO_PROBLEMS
  }

  function choose(next: File | null): void {
    clear()
    file.value = next
    if (next) problems.value = { ...NO_PROBLEMS, file: fileProblem(next) }
  }

  async function read(): Promise<boolean> {
    const present = file.value
    if (isReading.value) return false
    clear()
    const problem = present ? fileProblem(present) : 'Choose a file first.'
    problems.value = { ...NO_PROBLEMS, file: problem }
    if (!present || problem !== '') return false
    isReading.value = true
    try {
      const body = await contentOf(present)
      await session.act(NAME_REASON, () => send(present, body))
      return preview.value !== null
    } catch (error) {
      problems.value = problemsOf(error)
      return false
    } finally {
      isReading.value = false
    }
  }

  async function send(sent: File, body: Blob): Promise<void> {
    const query = { zone: zone.value }
    const headers = { 'Content-Type': body.type }
    const { data } = await write(() => api.previewImport({ body, query, headers }))
    if (file.value !== sent || zone.value !== query.zone) return // another choice was made meanwhile
    const events = fileEvents(data)
    preview.value = { name: sent.name, events, problems: data.problems ?? [] }
    chosen.value = chosenAtFirst(events)
  }

  return { file, zone, problems, isReading, preview, chosen, chosenEvents, choose, clear, read }
}

/** @throws the error, if it is neither a refusal nor about the file. */
function problemsOf(error: unknown): PreviewProblems {
  if (error instanceof DOMException)
    return { ...NO_PROBLEMS, file: "This file can't be read. It may have changed: choose it again." }
  if (!(error instanceof Rejection)) throw error
  const zone = error.fields.get('zone') ?? ''
  return { ...NO_PROBLEMS, zone, other: zone === '' ? error.detail : '' }
}
