"""Divides the files that a process may have open among its connections."""

import logging
from dataclasses import dataclass
from typing import Final

from turnout_core.runtime.open_files import RESERVED_FILES, how_to_raise

_HTTP_CONNECTIONS: Final = 1_024  # beside the live links
_HTTP_PART: Final = 4  # at least a quarter of the connections is for HTTP, if there are few
_MANY_FILES: Final = 4_096
_ADDRESS_PART: Final = 4  # one address has a quarter for HTTP and a quarter for live links, so never more than half


log = logging.getLogger("turnout.server")


@dataclass(frozen=True, slots=True)
class ConnectionBudget:
    """The connections that a process can hold.

    Attributes:
        open_files: the limit of the process.
        links_wanted: live links that it is configured to accept; 0 for a service without any.
    """

    open_files: int
    links_wanted: int = 0

    @property
    def files_needed(self) -> int:
        """The limit that suffices for all wanted links."""
        return RESERVED_FILES + _HTTP_CONNECTIONS + self.links_wanted

    @property
    def connections(self) -> int:
        """All connections at a time."""
        return max(1, self.open_files - RESERVED_FILES)

    @property
    def links(self) -> int:
        """Live links at a time. Enough connections remain for HTTP."""
        return min(self.links_wanted, self.connections - min(_HTTP_CONNECTIONS, self.connections // _HTTP_PART))

    @property
    def per_address(self) -> int:
        """Connections of one address for HTTP, and as many live links."""
        return max(1, self.connections // _ADDRESS_PART)

    @property
    def warning(self) -> str | None:
        """The sentence for an operator whose limit is too low; None if it suffices."""
        if self.open_files >= self.files_needed:
            return None
        wanted = f" for {self.links_wanted} links (TURNOUT_LINKS)" if self.links_wanted else ""
        accepted = f"{self.links} links and " if self.links_wanted else ""
        return (
            f"at most {self.open_files} files may be open, and {self.files_needed} are needed{wanted}; until then at "
            f"most {accepted}{self.connections} connections are accepted, {self.per_address} of one address: "
            f"{how_to_raise(self.files_needed)}"
        )


def report_if_short(budget: ConnectionBudget, *, is_chosen: bool) -> None:
    """Logs the warning of the budget, if it has one.

    It is only information if nobody chose the number of links (``is_chosen``) and the limit suffices for many.
    """
    if budget.warning is not None:
        is_warning = is_chosen or budget.open_files < _MANY_FILES
        log.log(logging.WARNING if is_warning else logging.INFO, "%s", budget.warning)
