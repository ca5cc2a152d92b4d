"""Writes what the front end has from the services: ``python scripts/openapi.py [--check] FOLDER``.

These are ``openapi.json``, the HTTP interface of both services, ``live.schema.json``, the messages of live clients,
and two tables of characters that look alike. With ``--check`` it writes no file, and fails if one differs.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from turnout.up.app import Product, create_app
from turnout_core.domain.lookalikes import prototype_of
from turnout_core.protocol.messages import ClientMessage, ServerMessage
from turnout_core.web.openapi import struct_schemas

_LATIN_END: Final = 0x370  # Latin letters and their marks; most names need no other table


def documents() -> dict[str, str]:
    """Maps each file name to its content."""
    return {
        "openapi.json": _text(create_app(Product("unix:///nowhere"), None).openapi()),
        "live.schema.json": _text(_live_schema()),
        "src/people/prototypes.generated.json": _text(_prototypes(range(_LATIN_END, sys.maxunicode + 1))),
        "src/people/latinPrototypes.generated.json": _text(_prototypes(range(_LATIN_END))),
    }


def _prototypes(sources: range) -> dict[str, str]:
    """Maps each prototype to the characters in this range that look like it."""
    found: dict[str, str] = {}
    for source, prototype in sorted(prototype_of().items()):
        if ord(source) in sources:
            found[prototype] = found.get(prototype, "") + source
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    stale = []
    for name, content in documents().items():
        path = arguments.folder / name
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        elif not path.exists() or path.read_text() != content:
            stale.append(str(path))
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run `make generate`")


def _live_schema() -> dict[str, Any]:
    (server,), definitions = struct_schemas(ServerMessage, refs="#/$defs/{name}")
    client = TypeAdapter(ClientMessage).json_schema()
    definitions |= client.pop("$defs") | {"ServerMessage": server, "ClientMessage": client}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "LiveMessages",
        "$defs": dict(sorted(definitions.items())),
    }


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
