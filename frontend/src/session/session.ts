import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { api } from '@/api/api'
import type { Person } from '@/api/generated'
import { Rejection, rejectionOf } from '@/api/rejection'
import { write } from '@/api/write'
import { useLive } from '@/live/browser'
import { useView } from '@/live/useView'
import { ME } from '@/live/liveViews'
import { useNotices } from '@/shell/notices'
import { isolate } from '@/text/isolation'
import { areCookiesKept } from './cookies'
import { inOneTabAtATime, useOtherTabs } from './otherTabs'

const COOKIES_BLOCKED =
  "Your browser doesn't keep our cookie, so you can't be signed in. Allow cookies for this site, then reload the page."

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
 * of an earlier visit is valid, so that most pages need no request. All tabs share the cookie: the server is asked before
 * a person is, and a tab in which a session begins or ends reports that to the others.
 */
export const useSession = defineStore('session', () => {
  const live = useLive()
  const notices = useNotices()
  const otherTabs = useOtherTabs(() => void onReport())
  /** The person as of the last answer over HTTP, until the connection reports the same; null for a visitor. */
  const localPerson = shallowRef<Person | null | undefined>(undefined)
  const namePrompt = shallowRef<NamePrompt | null>(null)
  /** True if the person signed up on this page, and it has not offered a way back to them yet. */
  const isNew = shallowRef(false)
  /** The last sign-up succeeded, but its cookie did not come back. */
  let isCookieLost = false

  const userId = computed(() => (localPerson.value === undefined ? live.user.value : (localPerson.value?.id ?? null)))
  const me = useView(() => (live.user.value != null && live.user.value === userId.value ? ME : null))

  /** The signed-in person; null for a visitor; undefined until it is known. */
  const person = computed<Person | null | undefined>(() => {
    if (typeof userId.value !== 'string') return userId.value
    // The view knows the name that another device has changed.
    const item = me.items.value.find((each) => each.kind === 'user')
    return { id: userId.value, name: item?.name ?? localPerson.value?.name ?? '' }
  })

  watch(live.user, (linked) => {
    // Another tab signed in or out.
    if (localPerson.value !== undefined && (localPerson.value?.id ?? null) !== linked) localPerson.value = undefined
  })

  watch(
    () => me.fail.value?.code,
    (code) => {
      if (code === 'signed-out') void onReport(true) // another device ended this session
    },
  )

  /** The server names the person. A new session of the same person needs a new connection, too. */
  function setPerson(person: Person | null, isNewSession = false): void {
    const isKnown = userId.value === (person?.id ?? null)
    localPerson.value = person
    if (!isKnown || isNewSession) live.restart(person?.id ?? null)
  }

  /** Another tab signed in or out, or the session `hasEnded`. Without an answer, a new connection finds out. */
  async function onReport(hasEnded = false): Promise<void> {
    try {
      setPerson(await fetchPerson(), hasEnded)
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      localPerson.value = undefined
      live.restart()
    }
  }

  /**
   * Runs an action of the signed-in person, who enters a name first if there is no session. If the session turns out to
   * have ended, that is repeated once. False if the name dialog is closed without a name.
   * @throws Rejection
   */
  async function act(reason: Reason, action: () => Promise<void>): Promise<boolean> {
    if (!(await requirePerson(reason))) return false
    try {
      await action()
    } catch (error) {
      if (!isSignedOut(error)) throw error
      onEnded()
      if (!(await requirePerson(reason))) return false
      await action()
    }
    return true
  }

  /** The signed-in person, or the one who enters a name now. Null if the dialog is closed without a name. */
  async function requirePerson(reason: Reason): Promise<Person | null> {
    if (person.value) return person.value
    const known = await fetchPerson()
    if (known) {
      setPerson(known)
      return known
    }
    checkCookies()
    const signedIn = await askName(reason)
    checkCookies()
    return signedIn
  }

  /**
   * Without cookies each sign-up would make one more guest, and be forgotten at once.
   * @throws Rejection
   */
  function checkCookies(): void {
    if (isCookieLost || !areCookiesKept()) throw new Rejection('cookies-blocked', COOKIES_BLOCKED)
  }

  function askName(reason: Reason): Promise<Person | null> {
    closeNamePrompt(null)
    return new Promise((resolve) => (namePrompt.value = { reason, resolve }))
  }

  /**
   * Signs in under the name from the dialog, and closes the dialog. The session of another tab stays as it is. If the
   * browser did not keep the cookie, nobody is signed in.
   * @throws Rejection
   */
  async function signIn(name: string): Promise<void> {
    const { data } = await inOneTabAtATime(() => write(() => api.createSession({ body: { name } })))
    const kept = await adopt()
    isNew.value = kept !== null && 'token' in data
    if (kept && !('token' in data)) notices.show(`You're already here as ${isolate(kept.name)}.`)
    closeNamePrompt(kept)
  }

  /** Closes the name dialog, with a person or without. */
  function closeNamePrompt(person: Person | null): void {
    const { resolve } = namePrompt.value ?? {}
    namePrompt.value = null
    resolve?.(person)
  }

  /**
   * The server has opened a session for this browser. Its person; null if the browser did not keep the cookie.
   * @throws Rejection
   */
  async function adopt(): Promise<Person | null> {
    const kept = await fetchPerson()
    isCookieLost = kept === null
    if (kept) {
      setPerson(kept, true)
      otherTabs.report()
    }
    return kept
  }

  function onEnded(): void {
    setPerson(null)
    isNew.value = false
    otherTabs.report()
  }

  /**
   * Signs out of this device, or of all.
   * @throws Rejection
   */
  async function signOut(isEverywhere = false): Promise<void> {
    try {
      await write(() => (isEverywhere ? api.deleteSession() : api.closeSession({ path: { session: 'current' } })))
    } catch (error) {
      if (!isSignedOut(error)) throw error
    }
    onEnded()
  }

  return {
    person,
    me,
    isNew,
    namePrompt,
    act,
    signIn,
    setPerson,
    adopt,
    checkCookies,
    closeNamePrompt,
    onEnded,
    signOut,
  }
})

function isSignedOut(error: unknown): boolean {
  return error instanceof Rejection && error.code === 'signed-out'
}

/**
 * The person whose session the browser has, as the server says; null without one.
 * @throws Rejection
 */
async function fetchPerson(): Promise<Person | null> {
  try {
    const { data } = await api.getSession({ query: { optional: 'true' } })
    return data ? data.user : null
  } catch (error) {
    const rejection = rejectionOf(error)
    if (isSignedOut(rejection)) return null
    throw rejection
  }
}
