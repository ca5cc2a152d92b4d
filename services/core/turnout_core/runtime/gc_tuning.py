"""Tunes the cyclic garbage collector for long-lived heaps (Python documentation: gc).

By default a full collection runs whenever the heap grows by 25 %, and pauses a process with ten thousand clients for
about 100 ms. Reference counts free almost everything. Errors and requests leave cycles, which young collections find.
"""

import gc
from typing import Final

_YOUNG: Final = 5_000  # containers; one young collection takes about 3 ms
_YOUNG_PER_MIDDLE: Final = 10
_MIDDLE_PER_FULL: Final = 100


def tune() -> None:
    """Exempts all present objects from collection, and makes full collections rare."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _YOUNG_PER_MIDDLE, _MIDDLE_PER_FULL)
