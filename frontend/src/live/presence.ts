import type { ReportPresence } from './generated'

/**
 * When this page tells the gateway whether a person can see it: after `hello`, when that changes, and again and again
 * while it is visible. A frozen page falls silent, and then no longer counts. Pure: times are arguments, in ms.
 */
export class PresenceReports {
  #isVisible = true
  #everyMs: number | null = null
  #dueAt: number | null = null

  /** True if a person can see the page. */
  get isVisible(): boolean {
    return this.#isVisible
  }

  /** When `onDue` must be called; null for never. */
  get dueAt(): number | null {
    return this.#dueAt
  }

  /** A link is open. `everyMs` is of its `hello`; a gateway without it does not know the message. */
  onHello(everyMs: number | null | undefined, now: number): ReportPresence | null {
    this.#everyMs = everyMs ?? null
    this.#dueAt = null
    return this.#report(now)
  }

  onVisibility(isVisible: boolean, now: number): ReportPresence | null {
    if (isVisible === this.#isVisible) return null
    this.#isVisible = isVisible
    return this.#report(now)
  }

  onDue(now: number): ReportPresence | null {
    return this.#dueAt !== null && now >= this.#dueAt ? this.#report(now) : null
  }

  #report(now: number): ReportPresence | null {
    if (this.#everyMs === null) return null
    this.#dueAt = this.#isVisible ? now + this.#everyMs : null
    return { type: 'presence', looking: this.#isVisible }
  }
}
