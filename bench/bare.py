"""The baseline: the same two routes with the same validated bodies, and nothing behind them."""

import uvicorn
from fastapi import FastAPI

from turnout_core.domain.commands import PartyBody
from turnout_core.protocol.items import AttendeeItem, Person

app = FastAPI()
ADA = Person(id="adaaaaaaaaaa", name="Ada")


@app.post("/api/events/{event}/attendees", status_code=201)
async def join(event: str, body: PartyBody) -> AttendeeItem:
    """Answers as a join does."""
    return AttendeeItem(
        key=f"attendee:{event}",
        rank=1,
        kind="attendee",
        user=ADA,
        party=body.party,
        status="going",
        joined_at=1_795_804_200_000,
    )


@app.delete("/api/events/{event}/attendees/me", status_code=204)
async def unattend(event: str) -> None:
    """Answers as an unattend does."""


if __name__ == "__main__":
    import sys

    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", ws="none", access_log=False)
