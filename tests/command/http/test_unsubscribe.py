"""The link in a mail that ends such mails: opening it changes nothing, a press or a mail program's request does."""

import re
from html.parser import HTMLParser

import httpx
import pytest
from running_service import Guest, RunningService, serving

from turnout_core.domain.preferences import KINDS
from turnout_core.web.signed_links import UNSUBSCRIBE, Subscription

FORM = {"List-Unsubscribe": "One-Click"}


class Page(HTMLParser):
    """The forms and fields of a page, its scripts, and the policy that holds for it."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.policy = response.headers["content-security-policy"]
        self.feed(response.text)
        self.title = re.findall("<h1>(.*)</h1>", response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def path_of(service: RunningService, guest: Guest, channel: str = "mail", kind: str = "reminder") -> str:
    links = service.command._endpoint.tokens().links
    return links.unsubscribe_path(Subscription(guest.id, channel, kind))  # type: ignore[arg-type]


def off(service: RunningService, guest: Guest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    notify = service.command.writer.committer().state.users[guest.id].notify
    return (notify.mail, notify.push) if notify is not None else ((), ())


async def test_opening_the_link_changes_nothing_and_the_form_of_its_page_does(service: RunningService) -> None:
    ada = await service.guest()
    path, position = path_of(service, ada), service.position
    response = await service.client.get(path)
    page = Page(response)
    assert (page.status, page.title) == (200, ["No more mail about events that begin soon?"])
    assert (await service.client.head(path)).status_code == 200
    assert (service.position, off(service, ada)) == (position, ((), ()))
    assert (page.all("form"), page.all("script")) == ([{"method": "post"}], [])
    fields = {str(each["name"]): each["value"] for each in page.all("input")}
    pressed = Page(await service.client.post(path, data=fields))
    assert (pressed.status, pressed.title, pressed.all("form")) == (200, ["You are unsubscribed"], [])
    assert off(service, ada) == (("reminder",), ())
    again = service.position
    assert Page(await service.client.post(path, data=fields)).status == 200
    assert service.position == again


async def test_the_page_runs_nothing_is_stored_by_nobody_and_tells_nobody_its_address(service: RunningService) -> None:
    response = await service.client.get(path_of(service, await service.guest()))
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; base-uri 'none'; form-action 'self'; "
        r"frame-ancestors 'none'",
        response.headers["content-security-policy"],
    )
    assert {name: response.headers[name] for name in ("cache-control", "x-robots-tag", "referrer-policy")} == {
        "cache-control": "no-store", "x-robots-tag": "noindex", "referrer-policy": "same-origin",
    }  # fmt: skip
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
async def test_a_mail_program_unsubscribes_with_one_request(service: RunningService, encoding: str) -> None:
    """RFC 8058 section 3.1: no cookie, from anywhere, and one of two encodings."""
    ada = await service.guest()
    headers = {"Origin": "https://mail.example"}
    path = path_of(service, ada, "push", "message")
    if encoding == "multipart":
        boundary = "----mail"
        field = 'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click'
        body = f"--{boundary}\r\n{field}\r\n--{boundary}--\r\n"
        headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        response = await service.client.post(path, content=body.encode(), headers=headers)
    else:
        response = await service.client.post(path, data=FORM, headers=headers)
    assert response.status_code == 200
    assert off(service, ada) == ((), ("message",))


async def test_a_link_of_a_digest_ends_all_kinds(service: RunningService) -> None:
    ada = await service.guest()
    assert (await service.client.post(path_of(service, ada, kind="all"), data=FORM)).status_code == 200
    assert off(service, ada) == (KINDS, ())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b""),
        ("application/json", b'{"List-Unsubscribe":"One-Click"}'),
        ("text/plain", b"List-Unsubscribe=One-Click"),
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=Two-Clicks"),
        ("application/x-www-form-urlencoded", b"\xff\x00=&&;List-Unsubscribe"),
        ("multipart/form-data", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=\xff", b"\x00" * 1000),
    ],
)
async def test_a_request_without_the_form_changes_nothing(
    service: RunningService, content_type: str, body: bytes
) -> None:
    ada = await service.guest()
    position = service.position
    headers = {b"Content-Type": content_type.encode("latin-1")} if content_type else {}
    page = Page(await service.client.post(path_of(service, ada), content=body, headers=headers))
    assert (page.status, len(page.all("form")), service.position) == (422, 1, position)


async def test_a_body_that_is_too_large_is_refused(service: RunningService) -> None:
    response = await service.client.post(path_of(service, await service.guest()), content=b"x" * 70_000)
    assert response.status_code == 413


async def test_a_link_that_was_not_made_here_does_not_work(service: RunningService) -> None:
    ada = await service.guest()
    token = path_of(service, ada).removeprefix(f"{UNSUBSCRIBE}/")
    position = service.position
    for wrong in (token[:-3], "x", "%00", "%C3%BC", ada.token):
        answers = [await service.client.get(f"{UNSUBSCRIBE}/{wrong}")]
        answers.append(await service.client.post(f"{UNSUBSCRIBE}/{wrong}", data=FORM))
        assert [(each.status_code, Page(each).all("form")) for each in answers] == [(404, [])] * 2
    assert service.position == position


async def test_nothing_tells_whether_the_person_is_still_here(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    paths = [path_of(service, ada), path_of(service, bob)]
    await ada("DELETE", "/api/me")
    for method in ("GET", "POST"):
        data = FORM if method == "POST" else None
        gone, here = [await service.client.request(method, each, data=data) for each in paths]
        assert (gone.status_code, gone.content) == (here.status_code, here.content)
        assert {**gone.headers} == {**here.headers}


async def test_a_service_that_does_not_lead_asks_to_try_again(valkey_url: str) -> None:
    async with serving(valkey_url) as leader, serving(valkey_url, leads=False) as standby:
        path = path_of(leader, await leader.guest())
        response = await standby.client.post(path, data=FORM)
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert Page(response).title == ["That did not work"]
