"""The cache of documents: bounded in bytes, and never older than its version or its words."""

import gzip

from turnout_gateway.pages.documents import Document, DocumentCache


def test_a_document_is_found_by_its_page_and_version_until_its_words_change() -> None:
    cache, document = DocumentCache(), Document(b"page")
    cache.add("a", 1, 1000, document)
    assert cache.find("a", 1, 999) is document
    assert cache.find("a", 1, 1000) is None
    assert cache.find("a", 2, 999) is None
    assert cache.find("b", 1, 999) is None


def test_the_document_that_was_not_asked_for_longest_is_dropped() -> None:
    cache = DocumentCache(max_bytes=30)
    for page in "abc":
        cache.add(page, 1, None, Document(b"x" * 10))
    assert cache.find("a", 1, 0) is not None
    cache.add("d", 1, None, Document(b"x" * 10))
    assert [page for page in "abcd" if cache.find(page, 1, 0)] == ["a", "c", "d"]
    cache.add("a", 2, None, Document(b"x" * 25))
    assert [page for page in "abcd" if cache.find(page, 2, 0)] == ["a"]


def test_documents_differ_by_their_tags_and_are_the_same_in_all_codings() -> None:
    document = Document(b"page" * 1000)
    assert gzip.decompress(document.gzip) == document.body
    assert document.etag != Document(b"other").etag
    assert document.etag == Document(b"page" * 1000).etag
