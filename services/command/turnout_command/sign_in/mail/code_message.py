"""The mail that brings a code. Pure: time and id are arguments."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Final, NamedTuple

from turnout_command.sign_in.codes import CODE_LIFETIME_S, MailPurpose
from turnout_core.mail.addresses import to_mailbox

_MINUTES: Final = int(CODE_LIFETIME_S // 60)
_TO_SIGN_IN: Final = "Type it where you asked for it, and you are signed in."
_TO_CONFIRM: Final = "Type it where you asked for it, and this address can sign you in from then on."
_ONCE: Final = f"The code works once, within {_MINUTES} minutes."
_NOT_YOU: Final = (
    "If you did not ask for a code, you can ignore this mail: nobody can use your address without the code. "
    "Do not pass the code on."
)
_HTML: Final = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: system-ui, sans-serif; font-size: 16px; line-height: 1.5">
<p>Your code for Turnout:</p>
<p style="font-size: 32px; font-weight: bold; letter-spacing: 6px">{code}</p>
<p>{use}<br>{once}</p>
<p style="color: #666666">{not_you}</p>
</body>
</html>
"""


class CodeMail(NamedTuple):
    """A mail to send: a code, and the purpose whose address gets it."""

    code: str
    purpose: MailPurpose


def code_message(mail: CodeMail, sender: Address, sent_at: datetime, message_id: str) -> EmailMessage:
    """The message with the code, as plain text and HTML, without anything that a visitor typed but the address.

    ``EmailMessage`` refuses line breaks in headers, so nobody can add headers (RFC 5322 section 2.2).
    """
    code, purpose = mail
    use = _TO_SIGN_IN if purpose.confirms is None else _TO_CONFIRM
    title = f"Your code for Turnout: {code}"
    message = EmailMessage(SMTPUTF8)
    message["From"] = sender
    message["To"] = to_mailbox(purpose.address)
    message["Subject"] = title
    message["Date"] = sent_at
    message["Message-ID"] = f"<{message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence is reported to us (RFC 3834 section 5)
    message.set_content(f"{title}\n\n{use} {_ONCE}\n\n{_NOT_YOU}\n")
    message.add_alternative(_HTML.format(title=title, code=code, use=use, once=_ONCE, not_you=_NOT_YOU), subtype="html")
    return message
