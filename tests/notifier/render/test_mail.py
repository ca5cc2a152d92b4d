"""The mail with notices: its words, and texts that people typed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any, Final, get_args

import pytest
from fake_writer import START_MS, FakeWriter
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from turnout_core.domain.notices import FieldChange, Notice, NoticeKind
from turnout_core.domain.people_changes import MailSet
from turnout_core.web.signed_links import SignedLinks, Subscription
from turnout_notifier.render.mail import MailStyle, notice_mail

_SITE: Final = "https://events.example/turnout"
_STYLE: Final = MailStyle(Address("Turnout", "turnout", "here.example"), _SITE, SignedLinks("a secret for tests"))
_AT: Final = datetime(2026, 11, 29, 12, tzinfo=UTC)
_HOSTILE: Final = '</title><script>alert("x")</script> & <b>\u202eevil\u202c 🎲'


class Scene:
    """A host, a guest with an address, and an event at which they go."""

    def __init__(self, **details: Any) -> None:
        self.writer = FakeWriter()
        self.host, self.guest = self.writer.user("Olga"), self.writer.user("Ada")
        self.writer.commit(MailSet(self.guest, "ada@here.example"))
        self.event = self.writer.event(self.host, **details)
        self.writer.join(self.event, self.guest)

    def notice(self, kind: NoticeKind, **fields: Any) -> Notice:
        title = self.writer.state.events[self.event].details.title
        return Notice(**{"seq": 9, "kind": kind, "event": self.event, "title": title, "at": START_MS} | fields)

    def mail(self, *notices: Notice, ids: Sequence[str] = ("1",)) -> EmailMessage:
        state = self.writer.state
        return notice_mail(_STYLE, state, state.users[self.guest], notices, ids, _AT)


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    ("kind", "fields", "subject"),
    [
        ("promoted", {"party": 1}, "You have a seat: Board games"),
        ("promoted", {"party": 3}, "You have 3 seats: Board games"),
        ("approved", {"party": 1}, "Your request was approved: Board games"),
        ("declined", {}, "Your request was declined: Board games"),
        ("removed", {}, "You were taken off the list: Board games"),
        ("changed", {}, "Changed: Board games"),
        ("called-off", {}, "Called off: Board games"),
        ("deleted", {}, "Deleted: Board games"),
        ("cohost", {"by": "user1"}, "You are now a co-host: Board games"),
        ("organizer", {"by": "user1"}, "You are now the organizer: Board games"),
        ("asked", {"by": "user1", "party": 2}, "Olga asks for 2 seats: Board games"),
        ("asked", {"by": "nobody", "party": 1}, "Someone asks for a seat: Board games"),
        ("message", {"by": "user1", "text": "Bring snacks"}, "Message from Olga: Board games"),
        ("message", {"text": "Bring snacks"}, "Message: Board games"),
        ("reminder", {"lead": "day"}, "Soon: Board games"),
    ],
)
def test_each_kind_has_words(kind: NoticeKind, fields: dict[str, Any], subject: str) -> None:
    scene = Scene()
    mail = scene.mail(scene.notice(kind, **fields))
    assert mail["Subject"] == subject
    assert subject in plain(mail)
    assert subject in html(mail)
    assert f"{_SITE}/events/{scene.event}" in plain(mail)


def test_the_mail_says_when_and_where() -> None:
    scene = Scene(place="Café Nord", link="https://meet.example/x")
    text = plain(scene.mail(scene.notice("promoted", party=1)))
    assert "Friday, 27 November 2026, 19:30 to 22:30 (Europe/Vienna)\nCafé Nord\nhttps://meet.example/x\n" in text


def test_an_event_over_midnight_has_both_days() -> None:
    scene = Scene(ends="2026-11-28T02:00")
    text = plain(scene.mail(scene.notice("promoted")))
    assert "Friday, 27 November 2026, 19:30 to Saturday, 28 November 2026, 02:00 (Europe/Vienna)" in text


DAYS: Final[dict[str, Any]] = {"starts": "2026-12-05T00:00", "ends": "2026-12-06T00:00", "all_day": True}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ("2026-12-06T00:00", "\nSaturday, 5 December 2026, all day\n"),
        ("2026-12-07T00:00", "\nSaturday, 5 December 2026 to Sunday, 6 December 2026, all day\n"),
    ],
)
def test_an_event_that_lasts_all_day_has_days(ends: str, expected: str) -> None:
    scene = Scene(**DAYS | {"ends": ends})
    text = plain(scene.mail(scene.notice("promoted")))
    assert expected in text
    assert "00:00" not in text


def test_the_calendar_of_a_mail_has_the_days() -> None:
    scene = Scene(**DAYS)
    (attached,) = scene.mail(scene.notice("promoted")).iter_attachments()
    assert "DTSTART;VALUE=DATE:20261205" in str(attached.get_content())


def test_a_change_says_from_what_days_to_what() -> None:
    scene = Scene(**DAYS)
    changes = FieldChange("starts", "2026-11-27T19:30", "2026-12-05"), FieldChange("ends", "2026-12-06", "2026-12-05")
    text = plain(scene.mail(scene.notice("changed", changes=changes)))
    assert "Starts: Saturday, 5 December 2026 (it was: Friday, 27 November 2026, 19:30)\n" in text
    assert "Ends: Saturday, 5 December 2026 (it was: Sunday, 6 December 2026)\n" in text


def test_a_change_says_from_what_to_what() -> None:
    scene = Scene()
    changes = (
        FieldChange("starts", "2026-11-27T19:30", "2026-11-28T20:00"),
        FieldChange("place", "", "Café <Nord>"),
        FieldChange("description"),
    )
    mail = scene.mail(scene.notice("changed", changes=changes))
    assert "Starts: Saturday, 28 November 2026, 20:00 (it was: Friday, 27 November 2026, 19:30)\n" in plain(mail)
    assert "Place: Café <Nord> (it was: none)\n" in plain(mail)
    assert "Details have changed.\n" in plain(mail)
    assert "Café &lt;Nord&gt;" in html(mail)


def test_several_notices_are_one_mail_and_one_link_ends_them_all() -> None:
    scene = Scene()
    mail = scene.mail(scene.notice("changed"), scene.notice("message", text="Hello"), ids=["1", "2"])
    assert mail["Subject"] == "Changed: Board games, and 1 more"
    assert plain(mail).index("Changed: ") < plain(mail).index("Message: ") < plain(mail).index("Hello")
    assert _subscription(scene, mail) == Subscription(scene.guest, "mail", "all")


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_one_press_ends_this_kind(kind: NoticeKind) -> None:
    scene = Scene()
    mail = scene.mail(scene.notice(kind))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert _subscription(scene, mail) == Subscription(scene.guest, "mail", kind)


def _subscription(scene: Scene, mail: EmailMessage) -> Subscription | None:
    """The subscription that the header ends, as a mail provider reads it from the bytes that were sent."""
    sent = mail.as_bytes(policy=SMTP.clone(max_line_length=998))
    [line] = [each for each in sent.split(b"\r\n") if each.startswith(b"List-Unsubscribe: ")]
    address = line.decode("ascii").removeprefix("List-Unsubscribe: <").removesuffix(">")
    assert address.startswith(f"{_SITE}/unsubscribe/")
    assert address in plain(mail)
    return _STYLE.links.read_subscription(address.rpartition("/")[2])


def test_the_same_deliveries_have_the_same_message_id() -> None:
    scene = Scene()
    first, again = [scene.mail(scene.notice("changed"), ids=["a", "b"]) for _ in range(2)]
    other = scene.mail(scene.notice("changed"), ids=["a", "c"])
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"] != other["Message-ID"]
    assert str(first["Message-ID"]).endswith("@here.example>")


@pytest.mark.parametrize(
    ("kind", "status"), [("promoted", "CONFIRMED"), ("changed", "CONFIRMED"), ("called-off", "CANCELLED")]
)
def test_a_calendar_gets_the_event_and_its_end(kind: NoticeKind, status: str) -> None:
    scene = Scene()
    if kind == "called-off":
        scene.writer.cancel(scene.event)
    [part] = list(scene.mail(scene.notice(kind)).iter_attachments())
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "event.ics")
    assert part["Content-Type"].params["method"] == "PUBLISH"
    [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert (event["STATUS"], event["SUMMARY"]) == (status, "Board games")


def test_a_mail_about_nothing_for_a_calendar_has_no_file() -> None:
    scene = Scene()
    assert list(scene.mail(scene.notice("message", text="Hello")).iter_attachments()) == []


class Elements(HTMLParser):
    """The names of all elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, _: Any) -> None:
        self.names.append(tag)


def test_texts_of_people_are_text_and_nothing_else() -> None:
    scene = Scene(title=_HOSTILE, place=_HOSTILE)
    notice = scene.notice("message", text=f"{_HOSTILE}\n\n{_HOSTILE}", changes=(FieldChange("title", "x", _HOSTILE),))
    mail = scene.mail(notice)
    plainer = Scene(title="x", place="x")
    expected = plainer.mail(plainer.notice("message", text="x", changes=(FieldChange("title", "x", "x"),)))
    assert Elements(html(mail)).names == Elements(html(expected)).names
    assert mail.keys() == expected.keys()


@pytest.mark.parametrize("title", ["שלום", "مرحبا 5", "abc אבג"])
def test_a_title_from_right_to_left_does_not_turn_the_sentence(title: str) -> None:
    scene = Scene(title=title)
    assert scene.mail(scene.notice("promoted"))["Subject"] == f"You have a seat: \u2068{title}\u2069"


@given(title=st.text(min_size=1, max_size=120), text=st.text(max_size=300), name=st.text(min_size=1, max_size=40))
def test_no_text_adds_a_header_or_breaks_a_mail(title: str, text: str, name: str) -> None:
    """Also texts that the API refuses: line ends and controls."""
    scene = Scene()
    notice = scene.notice("message", title=title, text=text, by=scene.host)
    scene.writer.state.users[scene.host].name = name
    mail = scene.mail(notice)
    sent = message_from_bytes(mail.as_bytes(policy=SMTP.clone(max_line_length=998)), policy=SMTP)
    assert sent.keys() == mail.keys()
    assert sent["To"] == "ada@here.example"
    assert [each.get_content_type() for each in sent.walk()] == ["multipart/alternative", "text/plain", "text/html"]
