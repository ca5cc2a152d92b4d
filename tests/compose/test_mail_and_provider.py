"""People come back through the edge by a mail code and with a provider, both set up as docs/operations.md describes."""

import re
import ssl
import sysconfig
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import httpx
import pytest
import trustme
from deployment import Deployment, DockerError, docker
from oidc_provider import SECRET, provider_options, sign_in_at_provider

OVERRIDE = Path(__file__).parent / "outside" / "compose.yaml"
MAIL, PROVIDER = "mail.example.org", "id.example.org"
ISSUER = f"https://{PROVIDER}:8443"
ADDRESS = "ada@people.example.org"
_MAIL_MAX_S = 30.0
_LEADER_MAX_S = 60.0


class Outside:
    """A deployment with a mail server and a provider.

    Attributes:
        authority: signs the certificates of both.
    """

    def __init__(self, folder: Path, images: Deployment) -> None:
        self.authority = trustme.CA()
        secrets, certificates = folder / "secrets", folder / "certificates"
        for each in (folder, secrets, certificates):
            each.mkdir(exist_ok=True)
            each.chmod(0o755)
        (secrets / "smtp").write_text("the password at the mail server\n")
        (secrets / "oidc").write_text(SECRET)
        self.authority.cert_pem.write_to_path(str(certificates / "authority.pem"))
        for name in (MAIL, PROVIDER):
            path = certificates / f"{name}.pem"
            self.authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(path))
            path.chmod(0o644)
        self.deployment = Deployment(secrets, override=OVERRIDE, images=images)
        self.callback = f"{self.deployment.url}/api/oidc/callback"
        self.deployment.environment |= {
            "TURNOUT_SMTP": f"smtp://turnout@{MAIL}:5870",
            "TURNOUT_SMTP_PASSWORD_FILE": "/run/secrets/smtp",
            "TURNOUT_MAIL_FROM": "Turnout <turnout@example.org>",
            "TURNOUT_OIDC_ISSUER": ISSUER,
            "TURNOUT_OIDC_CLIENT_ID": "basic",
            "TURNOUT_OIDC_CLIENT_SECRET_FILE": "/run/secrets/oidc",
            "TURNOUT_OIDC_NAME": "Example University",
            "TURNOUT_OUTSIDE_INTERNAL": "false",
            "TEST_CERTIFICATES": str(certificates),
            "TEST_PACKAGES": sysconfig.get_path("purelib"),
            "TEST_PROVIDER": provider_options(self.callback, issuer=ISSUER),
        }

    def wait_for_leader(self) -> None:
        """Waits until a command is durable: on a busy machine the first leader of a deployment may lose its lease."""
        deadline = time.monotonic() + _LEADER_MAX_S
        key = {"Idempotency-Key": f"the-first-command-{time.time()}"}
        url = f"{self.deployment.url}/api/session"
        while (response := httpx.post(url, json={"name": "First"}, headers=key, timeout=30)).status_code != 201:
            assert time.monotonic() < deadline, response.text
            time.sleep(float(response.headers.get("retry-after", "1")))  # as the response says

    def browser(self) -> httpx.AsyncBaseTransport:
        """A way to the provider under its name, which only the containers know."""
        networks = self.deployment.inspect(self.deployment.container("provider"))["NetworkSettings"]["Networks"]
        return _Resolved({PROVIDER: networks[f"{self.deployment.project}_outside"]["IPAddress"]}, self.authority)

    def wait_for_codes(self, count: int) -> list[str]:
        """The codes of the first ``count`` mails, by their subjects."""
        deadline = time.monotonic() + _MAIL_MAX_S
        while True:
            try:
                mails = docker("exec", self.deployment.container("mail"), "sh", "-c", "cat /mails/*.eml")
            except DockerError:  # there is no mail yet
                mails = ""
            codes = re.findall(rf"To: {ADDRESS}\r?\nSubject: .* ([0-9]{{6}})\r?\n", mails)
            if len(codes) >= count:
                return codes
            assert time.monotonic() < deadline, mails
            time.sleep(0.1)  # another process can only be polled


class _Resolved(httpx.AsyncHTTPTransport):
    """Connects to the ``addresses`` of hosts by name, and checks their certificates under these names."""

    def __init__(self, addresses: dict[str, str], authority: trustme.CA) -> None:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        super().__init__(verify=context)
        self._addresses = addresses

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        request.extensions["sni_hostname"] = name
        sent = httpx.Request(
            request.method,
            request.url.copy_with(host=self._addresses[name]),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await super().handle_async_request(sent)


@pytest.fixture(scope="module")
def outside(
    deployment: Deployment, tmp_path_factory: pytest.TempPathFactory, report_figure: Callable[[str], None]
) -> Iterator[Outside]:
    found = Outside(tmp_path_factory.mktemp("outside"), deployment)
    try:
        seconds = found.deployment.up("--scale", "gateway=1")
        report_figure(f"with a mail server and a provider: everything healthy after {seconds:.1f} s")
        found.wait_for_leader()
        yield found
    finally:
        found.deployment.remove()


@pytest.fixture
async def visitor(outside: Outside) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the edge that keeps no cookies: each request says who sends it."""
    async with httpx.AsyncClient(base_url=outside.deployment.url, timeout=30) as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
        yield client


async def test_a_mail_code_signs_another_device_in(outside: Outside, visitor: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": f"mail-and-provider-{time.time()}"}
    answer = await visitor.post("/api/session", json={"name": "Ada"}, headers=key)
    assert answer.status_code == 201, answer.text
    signed_up = answer.json()
    phone = {"Authorization": f"Bearer {signed_up['token']}"}
    assert (await visitor.post("/api/mail", json={"address": ADDRESS}, headers=phone)).status_code == 202
    (code,) = outside.wait_for_codes(1)
    confirmed = await visitor.post("/api/mail/confirm", json={"address": ADDRESS, "code": code}, headers=phone)
    assert confirmed.status_code == 204, confirmed.text

    assert (await visitor.post("/api/sign-in/mail", json={"address": ADDRESS})).status_code == 202
    proof = {"way": "mail", "address": ADDRESS, "code": outside.wait_for_codes(2)[-1]}
    signed_in = await visitor.post("/api/sign-in", json=proof)
    assert signed_in.status_code == 201, signed_in.text
    assert signed_in.json()["user"] == signed_up["user"]
    assert signed_in.json()["session"] != signed_up["session"]
    assert (await visitor.post("/api/sign-in", json=proof)).status_code == 403


async def test_an_account_at_the_provider_signs_in(outside: Outside) -> None:
    users = []
    for _ in range(2):  # two devices
        async with httpx.AsyncClient(base_url=outside.deployment.url, timeout=30) as device:
            start = await device.get("/api/oidc/start", params={"back": "/you"})
            assert start.headers["location"].startswith(ISSUER), start.text
            callback = await sign_in_at_provider(
                start.headers["location"], "grace", outside.callback, outside.browser()
            )
            finished = await device.get(callback)
            log = outside.deployment.compose("logs", "--no-log-prefix", "command", "standby")
            assert (finished.status_code, finished.headers["location"]) == (303, "/you"), log
            users.append((await device.get("/api/session")).json()["user"]["id"])
    assert users[0] == users[1]
