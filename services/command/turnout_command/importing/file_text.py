"""The text of a file: programs write UTF-8 with or without a byte order mark, UTF-16, or the Windows code page."""

import codecs
import re
from typing import Final

_FOLDS: Final = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(content: bytes) -> str:
    """The text without its byte order mark. What no encoding explains becomes U+FFFD."""
    if content.startswith(_UTF_16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def unfold(content: bytes) -> bytes:
    """The content lines in one line each (RFC 5545 section 3.1). A fold may split a character of UTF-8."""
    if content.startswith(_UTF_16):
        content = decode(content).encode()
    return _FOLDS.sub(b"", content)
