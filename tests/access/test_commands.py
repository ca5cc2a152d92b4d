"""Every command over HTTP by every viewer, on the real service, against the table of tests/vectors/access.json."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

import pytest
from access_table import EVENT, SETTINGS, VIEWERS, Setting, allowed, code_of, user_of, webhook_of
from played_viewers import PlayedService, StoredEvents

Play = Callable[[StoredEvents], Awaitable[PlayedService]]
Outcome = tuple[int, str]
"""The status, and the code of a refusal; the code is empty after a success."""

HAVE_SEATS: Final = ("going", "waiting", "co-host")
SIGNED_OUT: Final = (401, "signed-out")
NOT_FOUND: Final = (404, "event-not-found")
NOT_VALID: Final = (404, "invitation-invalid")
BLOCKED: Final = (403, "user-blocked")


class Call(NamedTuple):
    """A command: its request, and the outcome for a viewer of an event."""

    method: str
    path: str
    body: dict[str, Any] | None
    expected: Callable[[str, Setting], Outcome]


def needs(action: str, status: int, code: str = "not-organizer") -> Callable[[str, Setting], Outcome]:
    """``status`` for those who may do ``action``; for others who see the event, a refusal with ``code``."""

    def expected(viewer: str, setting: Setting) -> Outcome:
        found = allowed(viewer, setting)
        if viewer == "visitor":
            return SIGNED_OUT
        if action in found:
            return status, ""
        if "see" not in found:
            return NOT_FOUND
        return BLOCKED if viewer.startswith("blocked") else (403, code)

    return expected


def join(viewer: str, setting: Setting) -> Outcome:
    found = allowed(viewer, setting)
    if viewer == "visitor":
        return SIGNED_OUT
    if "see" not in found:
        return NOT_FOUND
    if viewer in (*HAVE_SEATS, "blocked"):
        return 409, "already-attending"
    if found & {"attend", "request"}:
        return (201 if "attend" in found else 202), ""
    return {"kept-out": (403, "kept-out"), "blocked-co-host": BLOCKED}.get(viewer, (403, "not-open"))


def resize(viewer: str, setting: Setting) -> Outcome:
    if viewer == "visitor":
        return SIGNED_OUT
    if "see" not in allowed(viewer, setting):
        return NOT_FOUND
    if viewer == "blocked":
        return BLOCKED
    return (200, "") if viewer in HAVE_SEATS else (409, "not-attending")


def give_up(owners: tuple[str, ...], code: str) -> Callable[[str, Setting], Outcome]:
    """Only ``owners`` have what is given up, and nothing stops them."""

    def expected(viewer: str, setting: Setting) -> Outcome:
        if viewer == "visitor":
            return SIGNED_OUT
        if viewer in owners:
            return 204, ""
        return (409, code) if "see" in allowed(viewer, setting) else NOT_FOUND

    return expected


def step_down(viewer: str, setting: Setting) -> Outcome:
    if viewer == "organizer":
        return 409, "last-organizer"
    return give_up(("co-host", "blocked-co-host"), "not-cohost")(viewer, setting)


def or_oneself(oneself: str, action: str) -> Callable[[str, Setting], Outcome]:
    """Hosts may do it to ``oneself``, and so may that person, who leaves."""
    return lambda viewer, setting: (204, "") if viewer == oneself else needs(action, 204)(viewer, setting)


def accept(viewer: str, setting: Setting) -> Outcome:
    """A link opens every event that no moderator hides, to all but those who are kept out or blocked."""
    if viewer == "visitor":
        return SIGNED_OUT
    if viewer.startswith("blocked"):
        return BLOCKED
    if viewer == "kept-out" or (setting.is_hidden and viewer not in ("co-host", "organizer")):
        return NOT_VALID
    return 200, ""


REASON: Final = {"reason": "Rude"}
CALLS: Final = {
    "edit": Call("PATCH", "", {"title": "Mine"}, needs("edit", 200)),
    "cancel": Call("POST", "/cancel", None, needs("cancel", 200)),
    "delete": Call("DELETE", "", None, needs("delete", 204)),
    "join": Call("POST", "/attendees", None, join),
    "resize": Call("PATCH", "/attendees/me", {"party": 1}, resize),
    "leave": Call("DELETE", "/attendees/me", None, give_up((*HAVE_SEATS, "blocked"), "not-attending")),
    "remove": Call("DELETE", "/attendees/{going}", None, or_oneself("going", "manage-guests")),
    "approve": Call("POST", "/requests/{requested}/approve", None, needs("manage-guests", 201)),
    "decline": Call("DELETE", "/requests/{requested}", None, or_oneself("requested", "manage-guests")),
    "withdraw": Call("DELETE", "/requests/me", None, give_up(("requested",), "not-requested")),
    "invite": Call("POST", "/invitations", {"role": "guest"}, needs("invite", 201)),
    "invite a co-host": Call("POST", "/invitations", {"role": "co-host"}, needs("invite-cohosts", 201)),
    "revoke": Call("DELETE", "/invitations/{guest_link}", None, needs("invite", 204)),
    "revoke that of co-hosts": Call("DELETE", "/invitations/{cohost_link}", None, needs("invite-cohosts", 204)),
    "accept": Call("POST", "/invitations/{guest_link}/accept", None, accept),
    "accept that of co-hosts": Call("POST", "/invitations/{cohost_link}/accept", None, accept),
    "hand over": Call("POST", "/hand-over", {"user": user_of("co-host")}, needs("hand-over", 200)),
    "add a webhook": Call("POST", "/webhooks", {"url": "https://hooks.example/"}, needs("webhooks", 201)),
    "remove a webhook": Call("DELETE", "/webhooks/{webhook}", None, needs("webhooks", 204)),
    "remove a co-host": Call("DELETE", "/hosts/{cohost}", None, or_oneself("co-host", "invite-cohosts")),
    "step down": Call("DELETE", "/hosts/me", None, step_down),
    "keep out": Call("POST", "/blocks", {"user": user_of("guest")}, needs("manage-guests", 204)),
    "allow": Call("DELETE", "/blocks/{kept_out}", None, needs("manage-guests", 204)),
    "message": Call("POST", "/messages", {"to": "going", "text": "Bring a chair"}, needs("message", 204)),
    "report": Call("POST", "/reports", REASON, needs("report", 204, "not-permitted")),
    "hide": Call("POST", "/hide", REASON, needs("moderate", 204, "not-permitted")),
    "restore": Call("POST", "/restore", REASON, needs("moderate", 204, "not-permitted")),
    "take down": Call("POST", "/take-down", REASON, needs("moderate", 204, "not-permitted")),
    "note": Call("PUT", "/notes/{going}", {"text": "Loud"}, needs("manage-guests", 204)),
}
SELECTED: Final = [
    each
    for each in SETTINGS
    if each.guest_list == "everyone" and (each.joining == "open" or each.column in ("public", "private"))
]
"""All visibilities, and all ways of joining; the guest list decides about reading alone (test_may.py)."""


def path_of(call: Call, event: str) -> str:
    users = {name.replace("-", "_"): user_of(name) for name in VIEWERS}
    links = {
        "guest_link": code_of(event, "guest"),
        "cohost_link": code_of(event, "co-host"),
        "webhook": webhook_of(event),
    }
    return f"/api/events/{event}{call.path}".format(**users | links | {"cohost": user_of("co-host")})


@pytest.mark.parametrize("setting", SELECTED, ids=lambda each: "-".join(map(str, each)))
async def test_each_command_does_what_the_table_allows_and_nothing_else(play: Play, setting: Setting) -> None:
    cells = [(name, viewer) for name in CALLS for viewer in VIEWERS]
    events = {f"event{number:04}": cell for number, cell in enumerate(cells)}  # each has an event to itself
    played = await play(dict.fromkeys(events, setting))
    found: dict[tuple[str, str], Outcome] = {}
    for event, (name, viewer) in events.items():
        call, before = CALLS[name], played.service.position
        response = await played.call(viewer, call.method, path_of(call, event), call.body)
        code = response.json()["code"] if response.status_code >= 400 else ""
        assert (code == "") or played.service.position == before, "a refused command changed something"
        found[name, viewer] = response.status_code, code
    assert found == {(name, viewer): CALLS[name].expected(viewer, setting) for name, viewer in cells}


async def test_an_event_that_one_may_not_see_is_refused_with_the_bytes_of_one_that_does_not_exist(play: Play) -> None:
    settings = {"private": Setting("private"), "hidden": Setting(is_hidden=True)}
    played = await play(settings)
    for name, call in CALLS.items():
        for event in settings:
            theirs, none = [
                await played.call("removed", call.method, path_of(call, each), call.body) for each in (event, EVENT)
            ]
            if theirs.status_code == 404:
                assert (theirs.content, list(theirs.headers)) == (none.content, list(none.headers)), name
