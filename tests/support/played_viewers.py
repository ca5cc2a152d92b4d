"""A command service on which each viewer of the table of access can act."""

from typing import Any

import httpx
from access_table import Setting, session_of, user_of
from running_service import RunningService

from turnout_core.web.identity import Identity

StoredEvents = dict[str, Setting]
"""Events by id."""


class PlayedService:
    """The service, which holds the people of the table."""

    def __init__(self, service: RunningService, secret: str) -> None:
        self.service = service
        self._identity = Identity(secret)

    async def call(self, viewer: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """The response to a request of ``viewer``."""
        user = user_of(viewer)
        headers = {"Authorization": f"Bearer {self._identity.token(user, session_of(viewer))}"} if user else {}
        return await self.service.client.request(method, path, json=body, headers=headers)
