"""``/events/<id>/card.png``: the picture that chats show beside a link."""

from collections.abc import Awaitable, Callable

from running_gateway import RunningGateway

ServeGateway = Callable[..., Awaitable[RunningGateway]]


async def test_the_picture_follows_the_event(serve: ServeGateway) -> None:
    instance = await serve()
    event = instance.writer.event(instance.writer.user())
    await instance.append_and_wait()
    answer = await instance.get(f"/events/{event}/card.png")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = await instance.get(f"/events/{event}/card.png?v=2", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


async def test_there_is_no_picture_of_an_event_that_does_not_exist(serve: ServeGateway) -> None:
    instance = await serve()
    await instance.append_and_wait()
    for address in ("/events/nonesuchaaaa/card.png", "/events/%3Fx/card.png"):
        answer = await instance.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "event-not-found")


async def test_a_gateway_that_is_not_ready_says_so(serve: ServeGateway) -> None:
    answer = await (await serve(ready=False)).get("/events/nonesuchaaaa/card.png")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
