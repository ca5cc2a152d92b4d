import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { createSession, deleteSession, getSession, type Person } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { write } from '@/api/write'
import { useLive } from '@/live/browser'
import { useView } from '@/live/useView'
import { ME } from '@/live/liveViews'

/** The action that needs a name. */
export interface Reason {
  /** Label of the dialog's button, which continues the action. */
  action: string
  /** Title of the event. */
  title: string
}

/** An open name dialog. */
export interface Asking {
  reason: Reason
  answer: (person: Person | null) => void
}

/**
 * The signed-in person. The name is asked when the first action needs it; the live connection says whether the cookie of an
 * earlier visit is still valid, so that finding out costs no request.
 */
export const useSession = defineStore('session', () => {
  const live = useLive()
  /** The person this page signed in as, until the connection reports the same; null after signing out. */
  const own = shallowRef<Person | null | undefined>(undefined)
  const asking = shallowRef<Asking | null>(null)

  const userId = computed(() => (own.value === undefined ? live.user.value : (own.value?.id ?? null)))
  const me = useView(() => (live.user.value != null && live.user.value === userId.value ? ME : null))

  /** The signed-in person; null for a visitor; undefined until it is known. */
  const person = computed<Person | null | undefined>(() => {
    if (own.value) return own.value
    if (typeof userId.value !== 'string') return userId.value
    const item = me.items.value.find((each) => each.kind === 'user')
    return { id: userId.value, name: item?.name ?? '' }
  })

  watch(live.user, (linked) => {
    // Another tab signed in or out: the connection is more recent.
    if (own.value !== undefined && (own.value?.id ?? null) !== linked) own.value = undefined
  })

  function become(person: Person | null): void {
    own.value = person
    live.restart()
  }

  /** The signed-in person, or the one who enters a name now. Null if the dialog is closed without a name. */
  async function ensure(reason: Reason): Promise<Person | null> {
    if (person.value === undefined) own.value = await askServer()
    return person.value ?? (await new Promise<Person | null>((answer) => (asking.value = { reason, answer })))
  }

  /**
   * The name dialog is answered.
   * @throws Rejection
   */
  async function signIn(name: string): Promise<void> {
    const { data } = await write((headers) => createSession({ body: { name }, headers }))
    become(data.user)
    finishAsking(data.user)
  }

  /** Closes the name dialog, with a person or without. */
  function finishAsking(person: Person | null): void {
    const { answer } = asking.value ?? {}
    asking.value = null
    answer?.(person)
  }

  /** The server no longer knows the session. */
  function expired(): void {
    become(null)
  }

  /** @throws Rejection */
  async function signOut(): Promise<void> {
    await write(() => deleteSession())
    become(null)
  }

  return { person, me, asking, ensure, signIn, finishAsking, expired, signOut }
})

/** Needed for the rare action before the live connection has reported who is signed in. */
async function askServer(): Promise<Person | null> {
  try {
    return (await getSession()).data.user
  } catch (error) {
    const { code } = rejectionOf(error)
    if (code === 'signed-out') return null
    throw rejectionOf(error)
  }
}
