"""The secrets that only the memory of the leading command service holds."""

from dataclasses import dataclass, field

from turnout_command.sign_in.codes import DeviceCodes, MailCodes
from turnout_command.sign_in.passkeys import Passkeys


@dataclass(frozen=True, slots=True)
class ShortLivedSecrets:
    """Open codes and challenges. A takeover forgets them, and people start again."""

    device_codes: DeviceCodes = field(default_factory=DeviceCodes)
    mail_codes: MailCodes = field(default_factory=MailCodes)
    passkeys: Passkeys = field(default_factory=Passkeys)
