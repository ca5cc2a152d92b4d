"""Rendered pages as bytes, and the ones that are kept."""

import gzip
from collections import OrderedDict
from collections.abc import Hashable
from hashlib import blake2b
from typing import Final, NamedTuple

_GZIP_LEVEL: Final = 5  # a page of 20 KB: 0.3 ms, once for all its readers
_ETAG_BYTES: Final = 12
_CACHE_MAX_BYTES: Final = 32 * 1024 * 1024


class Document:
    """A page, or another file that the server makes, as bytes.

    Attributes:
        media_type: with its parameters.
        etag: a weak one (RFC 9110 section 8.8.3), since it is the same in all codings.
    """

    __slots__ = ("_gzip", "body", "etag", "media_type")

    def __init__(self, body: bytes, media_type: bytes = b"text/html; charset=utf-8") -> None:
        self.body = body
        self.media_type = media_type
        self.etag = b'W/"%b"' % blake2b(body, digest_size=_ETAG_BYTES).hexdigest().encode()
        self._gzip: bytes | None = None

    @property
    def gzip(self) -> bytes:
        """The body in the coding ``gzip``, made once."""
        if self._gzip is None:
            self._gzip = gzip.compress(self.body, _GZIP_LEVEL, mtime=0)
        return self._gzip


class _Entry(NamedTuple):
    version: Hashable
    valid_until_ms: int | None
    document: Document


class DocumentCache:
    """The last document of each page. Beyond ``max_bytes``, those that nobody has asked for longest are dropped."""

    def __init__(self, max_bytes: int = _CACHE_MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    def find(self, page: Hashable, version: Hashable, now_ms: int) -> Document | None:
        """The document of a page, if it was made of this version and its words still hold."""
        entry = self._entries.get(page)
        if entry is None or entry.version != version:
            return None
        if entry.valid_until_ms is not None and now_ms >= entry.valid_until_ms:
            return None
        self._entries.move_to_end(page)
        return entry.document

    def add(self, page: Hashable, version: Hashable, valid_until_ms: int | None, document: Document) -> None:
        """Keeps the document of a page in place of its former one. ``valid_until_ms`` is None for ever."""
        self._remove(page)
        self._entries[page] = _Entry(version, valid_until_ms, document)
        self._bytes += len(document.body)
        while self._bytes > self._max_bytes and len(self._entries) > 1:
            self._remove(next(iter(self._entries)))

    def _remove(self, page: Hashable) -> None:
        entry = self._entries.pop(page, None)
        if entry is not None:
            self._bytes -= len(entry.document.body)
