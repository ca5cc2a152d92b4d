import { describe, expect, test } from 'vitest'
import { shownHost } from '@/text/links'

describe('the host that pages show', () => {
  test.each([
    ['https://www.example.org/a/b?c#d', 'example.org'],
    ['HTTP://EXAMPLE.org/', 'example.org'],
    ['https://example.org:8443/a', 'example.org:8443'],
    // Links of earlier versions may have a name before the host.
    ['https://bank.example:secret@other.test/a', 'other.test'],
    ['https://bank.example\\@other.test/', 'bank.example'],
    ['https://münchen.example/', 'xn--mnchen-3ya.example'],
    // The first letter is Cyrillic.
    ['https://аpple.example/', 'xn--pple-43d.example'],
    ['http://intranet/', 'http://intranet'],
    ['http://intranet:8080/wiki?page=1', 'http://intranet:8080/wiki?page=1'],
    ['http://ada:secret@192.168.0.10/a', 'http://192.168.0.10/a'],
    ['http://3232235530/', 'http://192.168.0.10'],
    ['http://[2001:db8::1]:8000/', 'http://[2001:db8::1]:8000'],
    ['https://printer.local/status', 'https://printer.local/status'],
    ['no address', 'no address'],
  ])('%s', (link, shown) => {
    expect(shownHost(link)).toBe(shown)
  })
})
