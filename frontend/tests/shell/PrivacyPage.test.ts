import { beforeEach, expect, test } from 'vitest'
import { createPages } from '@/router'
import AppFooter from '@/shell/AppFooter.vue'
import PrivacyPage from '@/shell/PrivacyPage.vue'
import { stage, type Stage } from '../support/mounting'

let on: Stage
beforeEach(() => (on = stage()))

test('the footer of each page leads to the privacy notice', () => {
  const link = on
    .mount(AppFooter)
    .findAll('a')
    .find((each) => each.text() === 'Privacy')
  expect(link?.attributes('href')).toBe('/privacy')
})

test('the notice says what is kept, who sees it, how long, and leads to where one erases it', () => {
  expect(createPages().resolve('/privacy').name).toBe('privacy')
  const page = on.mount(PrivacyPage)
  const headings = page.findAll('h1, h2').map((each) => each.text())
  expect(headings).toEqual(['Privacy', 'What is kept, and who sees it', 'On your device', 'How long, and your choices'])
  for (const kept of [
    'name',
    'seats',
    'Notes',
    'devices',
    'mail address',
    'Reports',
    'cookie',
    'drafts',
    'logs',
    'Backups',
  ]) {
    expect(page.text()).toContain(kept)
  }
  expect(page.find('a').attributes('href')).toBe('/you')
})
