"""What becomes of an app's start and end: kept for whoever serves it, instead of printed by uvicorn as a traceback."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]


class Lifespan:
    """An ASGI app around ``app`` (ASGI specification, "Lifespan Protocol").

    Attributes:
        error: why the app did not start, or did not end well.
    """

    def __init__(self, app: App) -> None:
        self.error: Exception | None = None
        self._app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        failed = ""

        async def without_failures(message: Message) -> None:
            nonlocal failed
            if message["type"].endswith(".failed"):
                failed = message["type"]
            else:
                await send(message)

        try:
            await self._app(scope, receive, without_failures)
        except Exception as error:  # noqa: BLE001 - whatever it is, the one who serves raises it
            self.error = error
            await send({"type": failed, "message": ""})  # only now: the server looks at ``error`` as soon as it hears
