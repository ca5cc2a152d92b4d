"""Renders the mail with one or more notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTPUTF8
from hashlib import sha256
from typing import Final, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from turnout_core.calendar.calendar_file import calendar_file
from turnout_core.calendar.entry import entry_of
from turnout_core.domain.notices import Notice, NoticeKind
from turnout_core.domain.preferences import NO_CHOICE
from turnout_core.domain.state import State, User
from turnout_core.mail.addresses import to_mailbox
from turnout_core.web.signed_links import SignedLinks, Subscription
from turnout_notifier.render.wording import Entry, entry

_TEMPLATES: Final = Environment(
    loader=PackageLoader("turnout_notifier.render"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ID_CHARS: Final = 32
_POLICY: Final = SMTPUTF8.clone(
    max_line_length=998
)  # the most (RFC 5322 section 2.1.1): a folded link is encoded, hence broken
_CALENDAR_PARAMETERS: Final = {"charset": "utf-8", "method": "PUBLISH"}
_OF_CALENDARS: Final[frozenset[NoticeKind]] = frozenset({"promoted", "approved", "changed", "called-off"})


@dataclass(frozen=True, slots=True)
class MailStyle:
    """The parts that all mails have in common.

    Attributes:
        site: public address of the site, without a slash at its end.
    """

    sender: Address
    site: str
    links: SignedLinks


def notice_mail(
    style: MailStyle, state: State, user: User, notices: Sequence[Notice], ids: Sequence[str], sent_at: datetime
) -> EmailMessage:
    """The mail with ``notices``, oldest first, to ``user``, who has an address.

    ``ids`` are those of the deliveries. The same ones give the same Message-ID, by which a mail server can recognise a
    repeated mail (RFC 5322 section 3.6.4). ``EmailMessage`` refuses line breaks in headers, so nobody can add headers.
    """
    entries = [entry(state, user.id, each) for each in notices]
    subject = _subject(entries)
    kinds = {each.kind for each in notices}
    kind: NoticeKind | Literal["all"] = kinds.pop() if len(kinds) == 1 else "all"
    unsubscribe = f"{style.site}{style.links.unsubscribe_path(Subscription(user.id, 'mail', kind))}"
    values = {
        "entries": entries,
        "subject": subject,
        "site": style.site,
        "unsubscribe": unsubscribe,
        "unsubscribe_words": "No more mails" if kind == "all" else "No more mails of this kind",
    }
    message = EmailMessage(_POLICY)
    message["From"] = style.sender
    message["To"] = to_mailbox(user.mail)
    message["Subject"] = subject
    message["Date"] = sent_at
    message["Message-ID"] = f"<{_digest(ids)}@{style.sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5
    message["List-Unsubscribe"] = f"<{unsubscribe}>"  # RFC 2369
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(_TEMPLATES.get_template("mail.txt").render(values))
    message.add_alternative(_TEMPLATES.get_template("mail.html").render(values), subtype="html")
    calendar = _calendar(style, state, user, notices)
    if calendar is not None:
        message.add_attachment(calendar, "text", "calendar", filename="event.ics", params=_CALENDAR_PARAMETERS)
    return message


def _calendar(style: MailStyle, state: State, user: User, notices: Sequence[Notice]) -> bytes | None:
    """The file by which a calendar adds, moves or cancels the events of ``notices``; None if there is nothing to do."""
    named = dict.fromkeys(each.event for each in notices if each.kind in _OF_CALENDARS)
    events = [state.events[each] for each in named if each in state.events]
    alarms = (user.notify or NO_CHOICE).reminders
    entries = [entry_of(state, each, user.id, alarms) for each in events]
    return calendar_file(entries, style.site) if entries else None


def _subject(entries: Sequence[Entry]) -> str:
    first = entries[0].headline
    return first if len(entries) == 1 else f"{first}, and {len(entries) - 1} more"


def _digest(ids: Sequence[str]) -> str:
    return sha256("\n".join(ids).encode()).hexdigest()[:_ID_CHARS]
