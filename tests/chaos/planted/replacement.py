"""A planted bug replaces attributes of real parts."""

from typing import Any

Replacement = tuple[Any, str, Any]
"""The object, the name of its attribute, and the wrong value."""
