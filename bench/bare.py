"""The baseline: two routes with the validated bodies of the command service, but without any work."""

import msgspec
import uvicorn
from fastapi import FastAPI, Response

from turnout_core.domain.commands import PartyBody
from turnout_core.protocol.items import AttendeeItem, Person

app = FastAPI()
ADA = Person("adaaaaaaaaaa", "Ada")


@app.post("/api/events/{event}/attendees", status_code=201)
async def join(event: str, body: PartyBody) -> Response:
    """Responds as a join does."""
    item = AttendeeItem(
        key=f"attendee:{event}",
        rank=1,
        user=ADA,
        party=body.party,
        status="going",
        joined_at=1_795_804_200_000,
    )
    return Response(msgspec.json.encode(item), 201, media_type="application/json")


@app.delete("/api/events/{event}/attendees/me", status_code=204)
async def unattend(event: str) -> None:
    """Responds as an unattend does."""


if __name__ == "__main__":
    import sys

    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", ws="none", access_log=False)
