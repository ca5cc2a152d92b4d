"""Runs real reverse proxies with the snippets of docs/proxies.md."""

import contextlib
import random
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from waiting import until_sync

HOST: Final = "events.example"
_ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = _ROOT / "docs" / "proxies.md"
_NGINX: Final = """daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log stderr;
events {{}}
http {{
access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{snippet}
}}
"""
_CADDY: Final = "{{\nadmin off\nauto_https off\nstorage file_system {folder}\n}}\n{snippet}"


def snippets(language: str) -> list[str]:
    """The code blocks of docs/proxies.md in this language."""
    return re.findall(rf"```{language}\n(.*?)```", _PAGE.read_text(), re.DOTALL)


def certificate(folder: Path) -> None:
    """Creates a self-signed certificate for ``HOST``: ``crt``, ``key``, and ``pem`` with both."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}"),
            *("-addext", f"subjectAltName=DNS:{HOST}", "-keyout", folder / "key", "-out", folder / "crt"),
        ],
        check=True,
        capture_output=True,
    )
    (folder / "pem").write_text((folder / "crt").read_text() + (folder / "key").read_text())


@contextlib.contextmanager
def running_nginx(snippet: str, folder: Path, *, product: int, tls: bool = True) -> Iterator[int]:
    """Runs nginx with this snippet in front of the port ``product``; yields its port."""
    port = unused_port()
    config = folder / "nginx.conf"
    listen = f"listen {port} ssl" if tls else f"listen {port}"
    if not tls:
        snippet = re.sub(r" *ssl_\w+ .*;\n", "", snippet)
    config.write_text(
        _NGINX.format(folder=folder, snippet=_localised(snippet, "listen 443 ssl", listen, folder, product))
    )
    with _running("nginx", ["-p", str(folder), "-c", str(config)], folder, port):
        yield port


@contextlib.contextmanager
def running_caddy(snippet: str, folder: Path, *, product: int, tls: bool = True) -> Iterator[int]:
    """Runs Caddy with this snippet in front of the port ``product``; yields its port."""
    port = unused_port()
    config = folder / "Caddyfile"
    secure = f"https://{HOST}:{port} {{\n    tls {folder}/crt {folder}/key"
    site = secure if tls else f"http://localhost:{port} {{"
    config.write_text(_CADDY.format(folder=folder, snippet=_localised(snippet, f"{HOST} {{", site, folder, product)))
    with _running("caddy", ["run", "--adapter", "caddyfile", "--config", str(config)], folder, port):
        yield port


@contextlib.contextmanager
def running_haproxy(snippet: str, folder: Path, *, product: int) -> Iterator[int]:
    """Runs HAProxy with this snippet in front of the port ``product``; yields its port."""
    port = unused_port()
    config = folder / "haproxy.cfg"
    config.write_text(_localised(snippet, "bind :443", f"bind 127.0.0.1:{port}", folder, product))
    with _running("haproxy", ["-db", "-f", str(config)], folder, port):
        yield port


def _localised(snippet: str, address: str, replacement: str, folder: Path, product: int) -> str:
    """The snippet with ports and certificates of the test."""
    assert address in snippet
    assert "127.0.0.1:8000" in snippet
    text = snippet.replace(address, replacement).replace("127.0.0.1:8000", f"127.0.0.1:{product}")
    return re.sub(rf"/etc/ssl/{re.escape(HOST)}\.(crt|key|pem)", rf"{folder}/\1", text)


@contextlib.contextmanager
def running_edge(folder: Path, *, product: int, env: Mapping[str, str], internal: int | None = None) -> Iterator[int]:
    """Runs the Caddy of the containers, with its own Caddyfile, in front of the port ``product``; yields its port.

    ``internal`` is the port for gateways and operators, which is not published; None for any.
    """
    port, internal = unused_port(), internal or unused_port()
    site = folder / "srv"
    shutil.copytree(_ROOT / "frontend" / "dist", site)
    adapt = re.search(r"^RUN (sed .*?) &&", (_ROOT / "frontend" / "Dockerfile").read_text(), re.MULTILINE)
    assert adapt is not None
    subprocess.run(["bash", "-c", adapt[1].replace("dist/", f"{site}/")], check=True)
    text = (_ROOT / "deploy" / "caddy" / "Caddyfile").read_text()
    assert "root * /srv" in text
    assert "http://:8081" in text
    config = folder / "Caddyfile"
    config.write_text(text.replace("root * /srv", f"root * {site}").replace("http://:8081", f"http://:{internal}"))
    upstreams = dict.fromkeys(("TURNOUT_COMMANDS", "TURNOUT_GATEWAYS"), f"127.0.0.1:{product}")
    variables = {"TURNOUT_ADDRESS": f"http://:{port}", **upstreams, **env}
    with _running("caddy", ["run", "--adapter", "caddyfile", "--config", str(config)], folder, port, variables):
        yield port


@contextlib.contextmanager
def _running(
    program: str, arguments: list[str], folder: Path, port: int, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    path = shutil.which(program, path="/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin")
    if path is None:
        pytest.skip(f"{program} is not installed (scripts/test_tools installs it)")
    log = folder / f"{program}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [path, *arguments], stdout=output, stderr=output, env={"HOME": str(folder), **(env or {})}
        )
    try:
        until_sync(lambda: _is_open(port) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield
    finally:
        process.terminate()
        process.wait(20)


def unused_port() -> int:
    """A port below those that the kernel gives to clients, so that no connection takes it before the proxy does."""
    return next(port for port in random.sample(range(20_000, 32_000), 100) if not _is_open(port))


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
