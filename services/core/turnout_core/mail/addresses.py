"""Mail addresses: their canonical form, by which people are found, and the form that SMTP needs. Pure, without DNS."""

import unicodedata
from email.headerregistry import Address

from email_validator import EmailNotValidError, ValidatedEmail, validate_email


def parse_address(text: str) -> str:
    """The canonical form of an address: lower case, NFC, and an internationalised domain in Unicode.

    ``a.b@here.example`` and ``ab@here.example`` are two addresses (RFC 5321 section 2.3.11: only the host of an address
    interprets its local part). Mail goes to the canonical form, never to the text that was typed: otherwise a typed
    text of equal canonical form could fetch the code of another mailbox.

    Raises ValueError with a sentence for people.
    """
    try:
        lower = unicodedata.normalize("NFC", _validate(text.strip()).normalized.lower())
        return _validate(lower).normalized
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None


def parse_sender(text: str) -> Address:
    """The sender of mails: ``turnout@here.example`` or ``Turnout <turnout@here.example>``. Raises ValueError."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_display_name=True)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    if found.ascii_local_part is None:
        raise ValueError("the part before @ must be ASCII, since not every mail server can send for other addresses")
    return Address(found.display_name or "Turnout", found.ascii_local_part, found.ascii_domain)


def to_mailbox(address: str) -> Address:
    """The mailbox of a canonical address: its domain in ASCII (RFC 5891), and its local part as it is.

    A local part that is not ASCII needs a server with SMTPUTF8 (RFC 6531).
    """
    found = _validate(address)
    return Address("", found.ascii_local_part or found.local_part, found.ascii_domain)


def _validate(text: str) -> ValidatedEmail:
    return validate_email(text, check_deliverability=False, strict=True)
