"""The type of the functions that apply a change."""

from collections.abc import Callable
from typing import Any

from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit
from turnout_core.domain.state import State

Apply = Callable[[State, Any, Commit, Affected], None]
"""Brings the state from before the change, which belongs to the commit, to after it, and adds what it affects."""
