"""Writes the sources of the front end's generated client: ``python scripts/openapi.py [--check] FOLDER``.

They are ``openapi.json``, the HTTP interface of both services, and ``live.schema.json``, the messages of the live
protocol. With ``--check`` it writes no file, and fails if one differs.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from turnout.up.app import Product, create_app
from turnout_core.protocol.messages import ClientMessage, ServerMessage
from turnout_core.web.openapi import struct_schemas


def documents() -> dict[str, str]:
    """Maps each file name to its content."""
    return {
        "openapi.json": _text(create_app(Product("unix:///nowhere"), None).openapi()),
        "live.schema.json": _text(_live_schema()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    stale = []
    for name, content in documents().items():
        path = arguments.folder / name
        if not arguments.check:
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
