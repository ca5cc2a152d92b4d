"""Draws pictures in a process of its own: ``python -m turnout_gateway.pictures.worker``.

The renderer holds Python's global lock for the whole of a picture, some 50 ms, in which a gateway would send nothing.
The process yields to all others on the machine, and ends with its gateway. It reads requests from standard input and
writes the answers to standard output, in order (``protocol``).
"""

import logging
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import resvg_py

from turnout_core.runtime.parent import end_with_parent
from turnout_gateway.pictures.card import draw_card
from turnout_gateway.pictures.facts import CardFacts
from turnout_gateway.pictures.fonts import MACHINE_FOLDERS, FontLibrary
from turnout_gateway.pictures.protocol import LENGTH

_NICENESS: Final = 10

log = logging.getLogger("turnout.pictures")


class Painter:
    """Draws pictures with the fonts of this project and those in ``folders``."""

    def __init__(self, folders: Iterable[Path] = MACHINE_FOLDERS) -> None:
        self._fonts = FontLibrary(folders)

    def paint(self, facts: CardFacts) -> bytes:
        """The picture as PNG. Raises ValueError if the renderer refuses it."""
        drawing = draw_card(facts, self._fonts)
        return resvg_py.svg_to_bytes(
            svg_string=drawing.svg, skip_system_fonts=True, font_files=self._fonts.files_for(drawing.texts)
        )


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers requests until there are no more."""
    painter = Painter()
    decode = msgspec.msgpack.Decoder(CardFacts).decode
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        facts = decode(requests.read(LENGTH.unpack(head)[0]))
        try:
            picture = painter.paint(facts)
        except Exception:
            log.exception("a picture could not be drawn")
            picture = b""
        answers.write(LENGTH.pack(len(picture)) + picture)
        answers.flush()


def main() -> None:
    end_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the gateway ends this process when it has drained
    os.nice(_NICENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
