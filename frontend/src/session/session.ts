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

/** A request for a name, which the name dialog shows. */
export interface NamePrompt {
  reason: Reason
  resolve: (person: Person | null) => void
}

/**
 * The signed-in person. The first action that needs a name asks for it. The live connection reports whether the cookie
 * of an earlier visit is valid, so that no request is needed.
 */
export const useSession = defineStore('session', () => {
  const live = useLive()
  /** The person this page signed in as, until the connection reports the same; null after signing out. */
  const localPerson = shallowRef<Person | null | undefined>(undefined)
  const namePrompt = shallowRef<NamePrompt | null>(null)

  const userId = computed(() => (localPerson.value === undefined ? live.user.value : (localPerson.value?.id ?? null)))
  const me = useView(() => (live.user.value != null && live.user.value === userId.value ? ME : null))

  /** The signed-in person; null for a visitor; undefined until it is known. */
  const person = computed<Person | null | undefined>(() => {
    if (localPerson.value) return localPerson.value
    if (typeof userId.value !== 'string') return userId.value
    const item = me.items.value.find((each) => each.kind === 'user')
    return { id: userId.value, name: item?.name ?? '' }
  })

  watch(live.user, (linked) => {
    // Another tab signed in or out.
    if (localPerson.value !== undefined && (localPerson.value?.id ?? null) !== linked) localPerson.value = undefined
  })

  function setPerson(person: Person | null): void {
    localPerson.value = person
    live.restart(person?.id ?? null)
  }

  /** The signed-in person, or the one who enters a name now. Null if the dialog is closed without a name. */
  async function requirePerson(reason: Reason): Promise<Person | null> {
    if (person.value === undefined) localPerson.value = await fetchPerson()
    return person.value ?? (await new Promise<Person | null>((resolve) => (namePrompt.value = { reason, resolve })))
  }

  /**
   * Signs in under the name from the dialog, and closes the dialog.
   * @throws Rejection
   */
  async function signIn(name: string): Promise<void> {
    const { data } = await write((headers) => createSession({ body: { name }, headers }))
    setPerson(data.user)
    closeNamePrompt(data.user)
  }

  /** Closes the name dialog, with a person or without. */
  function closeNamePrompt(person: Person | null): void {
    const { resolve } = namePrompt.value ?? {}
    namePrompt.value = null
    resolve?.(person)
  }

  /** The server rejected the session: signs out this page. */
  function onExpired(): void {
    setPerson(null)
  }

  /** @throws Rejection */
  async function signOut(): Promise<void> {
    await write(() => deleteSession())
    setPerson(null)
  }

  return { person, me, namePrompt, requirePerson, signIn, closeNamePrompt, onExpired, signOut }
})

/** Asks over HTTP, for the rare action before the live connection has reported the identity. */
async function fetchPerson(): Promise<Person | null> {
  try {
    return (await getSession()).data.user
  } catch (error) {
    const { code } = rejectionOf(error)
    if (code === 'signed-out') return null
    throw rejectionOf(error)
  }
}
