import { mount } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import EventDescription from '@/event-page/EventDescription.vue'
import { linkParts } from '@/event-page/linkParts'
import { mapAddress } from '@/event-page/maps'
import { mayHaveLinks } from '@/event-page/textParts'

/** The links in a text, as shown. */
const links = (text: string): string[] =>
  linkParts(text)
    .filter(({ href }) => href !== null)
    .map((part) => part.text)

describe('links in a text', () => {
  test.each([
    ['an address', 'See https://example.org/a?b=c#d', ['https://example.org/a?b=c#d']],
    ['the end of a sentence', 'See https://example.org.', ['https://example.org']],
    ['brackets around it', '(https://example.org/a)', ['https://example.org/a']],
    ['brackets in it', 'https://en.wikipedia.org/wiki/Go_(game)', ['https://en.wikipedia.org/wiki/Go_(game)']],
    ['several', 'http://a.example.org, and https://b.example.org!', ['http://a.example.org', 'https://b.example.org']],
    ['right behind a word', 'Link:https://example.org', ['https://example.org']],
    ['without a scheme', 'www.example.org', ['www.example.org']],
    ['no address', 'Bring readme.md, e.g.this or me@example.org', []],
    ['a Hebrew sentence', 'ראו https://example.org/דף, להתראות', ['https://example.org/דף']],
    ['a Chinese sentence', '见 https://example.org/页。', ['https://example.org/页']],
    ['a script', 'javascript:alert(1) data:text/html,hi', []],
    ['a scheme that hides', 'javascript://www.example.org/%0Aalert(1)', []],
    ['a host behind a user name', 'https://bank.example@evil.example.org/', []],
  ])('%s', (_, text, expected) => {
    expect(links(text)).toEqual(expected)
    expect(
      linkParts(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
  })

  test('an address without a scheme opens over https', () => {
    expect(linkParts('www.example.org')).toEqual([{ text: 'www.example.org', href: 'https://www.example.org/' }])
  })

  test('most texts need no search', () => {
    expect(mayHaveLinks('Bring snacks.')).toBe(false)
    expect(mayHaveLinks('See HTTPS://example.org')).toBe(true)
  })
})

const HOSTILE = [
  '<img src=x onerror=alert(1)> https://example.org/"onmouseover="alert(1)',
  'https://example.org/<script>alert(1)</script>',
  '<a href="javascript:alert(1)">https://example.org</a>',
  "www.example.org/'><svg/onload=alert(1)>",
]

test.each(HOSTILE)('hostile text stays text: %s', async (text) => {
  const wrapper = mount(EventDescription, { props: { text } })
  await vi.waitFor(() => expect(wrapper.find('a').exists()).toBe(true))
  expect(wrapper.find('p').element.textContent).toBe(text)
  expect(wrapper.find('img, script, svg').exists()).toBe(false)
  for (const link of wrapper.findAll('a')) {
    expect(link.attributes('href')).toMatch(/^https:\/\/(www\.)?example\.org\//)
    expect(link.attributes()).toMatchObject({ target: '_blank', rel: 'noopener nofollow ugc', dir: 'ltr' })
    expect(Object.keys(link.attributes()).filter((name) => name.startsWith('on'))).toEqual([])
  }
})

test('a place is searched on a map as it is written', () => {
  expect(mapAddress('Café & Bar, 1/2 #3')).toBe(
    'https://www.openstreetmap.org/search?query=Caf%C3%A9+%26+Bar%2C+1%2F2+%233',
  )
})
