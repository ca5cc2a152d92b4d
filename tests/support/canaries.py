"""The canaries: everything private of an instance, each as a text that is nowhere else, and the people who may read it.

A new private thing is a row of ``CANARIES``.
"""

import secrets
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import httpx
from mail_server import MailServer
from turnout_process import TurnoutProcess

from turnout_core.web.vapid import VapidKey

PRIVATE, LISTED, HIDDEN = "private", "listed", "hidden"
PEOPLE: Final = ("olga", "conny", "greta", "wanda", "ingo", "gustav", "rita", "ben", "stella", "mona")
"""Olga organizes all events, and Conny is a co-host of the private one.

Greta goes to that, Wanda waits, and Ingo is invited. Gustav goes to the listed event, whose guest list is for hosts;
Rita has asked for seats of it, and Ben is kept out. Stella has nothing to do with them, and Mona is a moderator.
"""
_GUESTS_OF_PRIVATE: Final = ("olga", "conny", "greta", "wanda", "ingo")
_START: Final = {"starts": "2099-11-27T19:30", "zone": "Etc/UTC"}


class Person:
    """A signed-in person."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url)
        answer = self.client.post("/api/session", json={"name": "Somebody"}).raise_for_status().json()
        self.id: str = answer["user"]["id"]
        self.token: str = answer["token"]
        self.session: str = answer["session"]
        self.client.cookies.clear()
        self.client.headers["Authorization"] = f"Bearer {self.token}"


class Site:
    """An instance with its people and events.

    Attributes:
        events: ids by name; ``people`` likewise.
        webhook: id of the one that was added last.
    """

    def __init__(self, turnout: TurnoutProcess, mails: MailServer) -> None:
        self.turnout = turnout
        self.mails = mails
        self.people = {name: Person(turnout.url) for name in PEOPLE}
        self.events: dict[str, str] = {}
        self.webhook = ""

    def call(self, by: str, method: str, path: str, /, *, key: str = "", **body: Any) -> Any:
        """The body of the answer to a request; ``{name}`` in ``path`` is the id of an event or person."""
        ids = self.events | {name: person.id for name, person in self.people.items()}
        headers = {"Idempotency-Key": key} if key else None
        answer = self.people[by].client.request(method, path.format(**ids), json=body or None, headers=headers)
        assert answer.is_success, (path, answer.text)
        return answer.json() if answer.content else None

    def populate(self) -> None:
        """Makes the events, and gives everyone their part in them."""
        settings: dict[str, dict[str, Any]] = {
            PRIVATE: {"visibility": "private", "joining": "invitation", "guest_list": "hosts", "capacity": 1},
            LISTED: {"joining": "request", "guest_list": "hosts", "guest_hint": "counts"},
            HIDDEN: {},
        }
        for name, fields in settings.items():
            self.events[name] = self.call("olga", "POST", "/api/events", title="Plain", **_START, **fields)["id"]
        for role, people in (("co-host", ("conny",)), ("guest", ("greta", "wanda", "ingo"))):
            code = self.call("olga", "POST", "/api/events/{private}/invitations", role=role)["code"]
            for person in people:
                self.call(person, "POST", f"/api/events/{{private}}/invitations/{code}/accept")
        for person in ("greta", "wanda"):
            self.call(person, "POST", "/api/events/{private}/attendees")
        for person in ("gustav", "rita"):
            self.call(person, "POST", "/api/events/{listed}/attendees")
        self.call("olga", "POST", "/api/events/{listed}/requests/{gustav}/approve")
        self.call("olga", "POST", "/api/events/{listed}/blocks", user=self.people["ben"].id)
        command = [sys.executable, "-m", "turnout", "moderator", "add", self.people["mona"].id]
        subprocess.run([*command, "--data", str(self.turnout.data)], check=True, capture_output=True)

    def close(self) -> None:
        """Closes the connections of all people."""
        for person in self.people.values():
            person.client.close()

    def confirm_mail(self, by: str, address: str) -> None:
        """Sends a code to the address, reads the mail, and confirms the address."""
        self.call(by, "POST", "/api/mail", address=address)
        while not self.mails.codes(address):
            self.call(by, "GET", "/api/session")  # the mail is sent after the answer
        self.call(by, "POST", "/api/mail/confirm", address=address, code=self.mails.codes(address)[-1])


class Canary(NamedTuple):
    """A private thing.

    Attributes:
        readers: the people who find it when they read everything; nobody else does.
        plant: puts the text into its place by one command; returns the text if the server chooses it.
        is_live: False if it can be planted only once.
        exported_to: the people who find it in their export, and nowhere else.
    """

    what: str
    readers: tuple[str, ...]
    plant: Callable[[Site, str], str | None]
    is_live: bool = True
    exported_to: tuple[str, ...] = ()


def _edit(event: str, field: str) -> Callable[[Site, str], None]:
    def plant_text(site: Site, text: str) -> None:
        change: dict[str, Any] = {field: [text] if field == "tags" else text}
        site.call("olga", "PATCH", f"/api/events/{{{event}}}", **change)

    return plant_text


def _rename(person: str) -> Callable[[Site, str], None]:
    def plant_text(site: Site, text: str) -> None:
        site.call(person, "PATCH", "/api/session", name=text)

    return plant_text


def _invite(role: str) -> Callable[[Site, str], str]:
    return lambda site, _: str(site.call("olga", "POST", "/api/events/{private}/invitations", role=role)["code"])


def _add_webhook(site: Site, text: str) -> None:
    """Adds one, in place of the one before: an event has only a few."""
    if site.webhook:
        site.call("olga", "DELETE", f"/api/events/{{private}}/webhooks/{site.webhook}")
    url = f"https://hooks.example/{text}"
    site.webhook = site.call("olga", "POST", "/api/events/{private}/webhooks", url=url)["id"]


def _subscribe(site: Site, endpoint: str, auth: str) -> None:
    keys = {"p256dh": VapidKey.derive("a browser").public, "auth": auth}
    site.call("greta", "POST", "/api/me/push", endpoint=endpoint, keys=keys)


def _report_message(site: Site, text: str) -> None:
    site.call("olga", "POST", "/api/events/{listed}/messages", to="all", text=text)
    notice = None
    while notice is None:  # a view shows a commit soon after its answer
        items = site.call("gustav", "GET", "/api/me/notices")["items"]
        notice = next((each["id"] for each in items if each.get("text") == text), None)
    site.call("gustav", "POST", "/api/events/{listed}/reports", reason="It annoys me", notice=notice)


def _with_key(site: Site, text: str) -> None:
    site.call("greta", "PATCH", "/api/session", key=text, name=f"Greta {text[::-1]}")


CANARIES: Final = (
    Canary("the key of a request", (), _with_key),
    *(
        Canary(f"the {field} of a private event", _GUESTS_OF_PRIVATE, _edit(PRIVATE, field))
        for field in ("title", "description", "place", "tags")
    ),
    Canary("the link of a private event", _GUESTS_OF_PRIVATE, lambda site, text: _edit(PRIVATE, "link")(
        site, f"https://{text}.example/"
    )),
    Canary("the title of a hidden event", ("olga", "mona"), _edit(HIDDEN, "title")),
    Canary("the name of a co-host of a private event", _GUESTS_OF_PRIVATE, _rename("conny")),
    Canary("the name of a guest of a private event", ("olga", "conny", "greta"), _rename("greta")),
    Canary("the name of a waiting guest", ("olga", "conny", "wanda"), _rename("wanda")),
    Canary("the name of an invited person", ("ingo",), _rename("ingo")),
    Canary("the name of a guest on a list for hosts, who reports", ("olga", "gustav", "mona"), _rename("gustav")),
    Canary("the name of a person who asks for seats", ("olga", "rita"), _rename("rita")),
    Canary("the name of a person who is kept out", ("olga", "ben"), _rename("ben")),
    Canary("the name of a person without events", ("stella",), _rename("stella")),
    Canary("the name of a moderator", ("mona",), _rename("mona")),
    Canary("a note about a guest", ("olga", "conny"), lambda site, text: site.call(
        "conny", "PUT", "/api/events/{private}/notes/{greta}", text=text
    ), exported_to=("greta",)),
    Canary("a message to guests", ("greta", "wanda"), lambda site, text: site.call(
        "conny", "POST", "/api/events/{private}/messages", to="all", text=text
    ), exported_to=("conny",)),
    Canary("the address of a webhook", (), _add_webhook, exported_to=("olga",)),
    Canary("the code of a link for guests", ("olga", "conny"), _invite("guest")),
    Canary("the code of a link for co-hosts", (), _invite("co-host")),
    Canary("a mail address", ("greta",), lambda site, text: site.confirm_mail("greta", f"{text}@mail.example")),
    Canary("the secret of a recovery link", (), lambda site, _: str(
        site.call("greta", "POST", "/api/recovery")["secret"]
    )),
    Canary("the code for another device", (), lambda site, _: str(site.call("greta", "POST", "/api/codes")["code"])),
    Canary("the id of a session", ("greta",), lambda site, _: site.people["greta"].session, is_live=False),
    Canary("the token of a session", (), lambda site, _: site.people["greta"].token, is_live=False),
    Canary("the address of a browser that shows notices", (), lambda site, text: _subscribe(
        site, f"https://push.example/{text}", "A" * 22
    )),
    Canary("the secret of a browser that shows notices", (), lambda site, text: _subscribe(
        site, "https://push.example/greta", text.ljust(22, "A")
    )),
    Canary("the path of a secret feed", ("greta",), lambda site, _: str(
        site.call("greta", "POST", "/api/me/feed")["feed"]
    )),
    Canary("the reason of a report", ("mona",), lambda site, text: site.call(
        "gustav", "POST", "/api/events/{listed}/reports", reason=text
    ), is_live=False, exported_to=("gustav",)),
    Canary("a message to guests that one of them reports", ("gustav", "mona"), _report_message, exported_to=("olga",)),
    Canary("the reason of a moderator", ("mona",), lambda site, text: site.call(
        "mona", "POST", "/api/events/{hidden}/hide", reason=text
    ), is_live=False),
)  # fmt: skip


def plant(site: Site, *, only_live: bool = False) -> dict[str, Canary]:
    """Plants all canaries, or those that can be planted again; returns them by their text."""
    planted = {}
    for canary in CANARIES:
        if canary.is_live or not only_live:
            text = f"zq{secrets.token_hex(8)}"
            planted[canary.plant(site, text) or text] = canary
    return planted
