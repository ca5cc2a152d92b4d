"""Normalises web addresses as people type them, and refuses those that would mislead or leak.

``frontend/src/event-form/typedLink.ts`` does the same, so that the form shows what the server stores;
``tests/vectors/links.json`` has the cases of both. Stored links are never checked again, so those of earlier versions
stay as they are.
"""

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from turnout_core.domain.plain_text import to_link

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE | re.ASCII)
# Browsers end the host at a backslash, too (WHATWG URL standard, "authority state").
_AUTHORITY_END: Final = re.compile(r"[/?#\\]")
_HOST_AND_PORT: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^\s%:<>@\[\]^|]+)(?::([0-9]{1,5}))?", re.IGNORECASE | re.ASCII)
_PORT_MAX: Final = 65_535
# No top-level domain begins with a digit, so `1.5` and `v1.2` are no addresses.
_DOMAIN: Final = re.compile(r"[^.]+(?:\.[^.]+)*\.[^.0-9][^.]*")
_TO_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)

NOT_AN_ADDRESS: Final = "must be a web address (https://…)"
HAS_USER: Final = "must not have a user name or a password before the host: everyone would see it"


def to_web_address(text: str) -> str:
    """The address as it is stored: scheme and host in lower case, and ``https`` if a domain has no scheme.

    Raises:
        ValueError: it is no http or https address, or has a user name or a password.
    """
    link = to_link(text)
    if not link:
        return link
    scheme = _SCHEME.match(link)
    rest = link[scheme.end() :] if scheme else link
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    if " " in link or (scheme and scheme[1].lower() not in ("http", "https")):
        raise ValueError(NOT_AN_ADDRESS)
    if scheme and "@" in authority:
        raise ValueError(HAS_USER)
    parts = _HOST_AND_PORT.fullmatch(authority)
    if not parts or int(parts[2] or 0) > _PORT_MAX or not (scheme or _DOMAIN.fullmatch(parts[1])):
        raise ValueError(NOT_AN_ADDRESS)
    prefix = scheme[0].lower() if scheme else "https://"
    return prefix + authority.translate(_TO_LOWER) + rest[len(authority) :]
