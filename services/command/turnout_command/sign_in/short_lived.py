"""The secrets that only the memory of the leading command service holds."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from turnout_command.sign_in.codes import DeviceCodes, MailCodes

if TYPE_CHECKING:
    from turnout_command.sign_in.passkeys import Passkeys


@dataclass(frozen=True)
class ShortLivedSecrets:
    """Open codes and challenges. A takeover forgets them, and people start again."""

    device_codes: DeviceCodes = field(default_factory=DeviceCodes)
    mail_codes: MailCodes = field(default_factory=MailCodes)

    @cached_property
    def passkeys(self) -> "Passkeys":
        """The challenges of passkeys. The first use takes about 0.1 s."""
        from turnout_command.sign_in.passkeys import Passkeys  # noqa: PLC0415 - its libraries take 13 MB

        return Passkeys()
