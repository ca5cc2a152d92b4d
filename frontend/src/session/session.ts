import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { createSession, deleteSession, getSession, type Person } from '@/api/generated'
import { rejectionOf } from '@/api/rejection'
import { write } from '@/api/write'
import { useLive } from '@/live/browser'
import { useView } from '@/live/useView'
import { ME } from '@/live/views'

/** What the name dialog is open for: the action that goes on once somebody has told their name. */
export interface Asking {
  /** Ends the sentence "What is your name?": "So that the organizer knows who comes." */
  why: string
  answer: (person: Person | null) => void
}

/**
 * Who is here. Nobody is asked before their first action needs a name; the live link says whether the cookie of an
 * earlier visit still holds, so that finding out costs no request.
 */
export const useSession = defineStore('session', () => {
  const live = useLive()
  /** What this page did itself, until the link says the same: null after signing out. */
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
    // The link belongs to somebody else by now (another tab signed in or out): it knows better.
    if (own.value !== undefined && (own.value?.id ?? null) !== linked) own.value = undefined
  })

  function become(person: Person | null): void {
    own.value = person
    live.restart()
  }

  /** Who acts: the signed-in person, or whoever tells their name now. Null when they would rather not. */
  async function ensure(why: string): Promise<Person | null> {
    if (person.value === undefined) own.value = await askServer()
    return person.value ?? (await new Promise<Person | null>((answer) => (asking.value = { why, answer })))
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

  /** The name dialog is closed, with somebody or with nobody. */
  function finishAsking(person: Person | null): void {
    const { answer } = asking.value ?? {}
    asking.value = null
    answer?.(person)
  }

  /** The server does not know us any more. */
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

/** For the rare action before the live link has said who we are. */
async function askServer(): Promise<Person | null> {
  try {
    return (await getSession()).data.user
  } catch (error) {
    const { code } = rejectionOf(error)
    if (code === 'signed-out') return null
    throw rejectionOf(error)
  }
}
