"""The HTTP interface of a command service for a run without processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from turnout_command.http import attendees, events, me, moderation, session
from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.hosts import guests, invitations, messages, requests, roles
from turnout_command.http.rate_limits import RateLimits
from turnout_command.http.ways_back import recovery, sign_in
from turnout_command.metrics import Metrics
from turnout_command.sign_in.short_lived import ShortLivedSecrets
from turnout_command.write.writer import Writer
from turnout_core.runtime.clock import since_boot_s
from turnout_core.web.identity import Identity
from turnout_core.web.problems import install_problems


@asynccontextmanager
async def running_api(writer: Writer, secret: str) -> AsyncIterator[httpx.AsyncClient]:
    """The command service's API on ``writer``, without a socket; ``secret`` signs the tokens."""
    endpoint = CommandEndpoint(writer, RateLimits(Metrics().limited))
    endpoint.identity = Identity(secret)
    app = FastAPI()
    for part in (session, recovery, me, events, attendees, requests, invitations, roles, guests, messages, moderation):
        app.include_router(part.routes(endpoint))
    app.include_router(sign_in.routes(endpoint, ShortLivedSecrets(), since_boot_s, Metrics(), has_mail=False))
    install_problems(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        yield client
