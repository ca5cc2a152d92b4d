"""When Python looks for cycles among objects, in a process that keeps many and makes few cycles (documentation: gc).

Left alone it looks through everything whenever what is kept has grown by a quarter, as ten thousand clients make it:
that holds everybody up for a tenth of a second. What is no longer used goes without that; cycles are left by errors and
by requests, and are found while they are young.
"""

import gc
from typing import Final

_YOUNG: Final = 5_000  # containers; a look at so many takes about 3 ms
_YOUNG_PER_MIDDLE: Final = 10
_MIDDLE_PER_FULL: Final = 100


def tune() -> None:
    """What was loaded stays, and is not looked through any more; the rest seldom is."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _YOUNG_PER_MIDDLE, _MIDDLE_PER_FULL)
