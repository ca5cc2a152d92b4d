"""Paths of pages to which a browser returns from a provider. They never lead to another site."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

PATH_MAX_CHARS: Final = 1000  # attempts to sign in are kept in memory

# Without a backslash, a space or a control character, which browsers take for a slash or drop, so that "/\here.example"
# and "/<tab>/here.example" would be another site (WHATWG URL, section 4.4).
_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def return_path(back: str | None, base_path: str) -> str:
    """``back`` if it is the path of a page of this site, with any query; else that of the first page."""
    first = f"{base_path}/"
    is_path = back is not None and len(back) <= PATH_MAX_CHARS and _PATH.fullmatch(back)
    return back if back is not None and is_path and _is_below(urlsplit(back).path, base_path) else first


def with_parameter(path: str, name: str, value: str) -> str:
    """The path with a parameter in its query, in place of one of the same name."""
    split = urlsplit(path)
    others = [pair for pair in parse_qsl(split.query, keep_blank_values=True) if pair[0] != name]
    return urlunsplit(split._replace(query=urlencode([*others, (name, value)])))


def _is_below(path: str, base_path: str) -> bool:
    """True if ``path`` stays below ``base_path`` even where it goes up."""
    depth = 0
    for part in path.lower().replace("%2e", ".").removeprefix(f"{base_path}/").split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return False
    return path.startswith(f"{base_path}/") or path == base_path
