"""The frames between a gateway and the process that draws for it."""

import struct
from typing import Final

LENGTH: Final = struct.Struct(">I")
"""A message is its length and that many bytes: facts as MessagePack; then PNG, or nothing if it could not be drawn."""
