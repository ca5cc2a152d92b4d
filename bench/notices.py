"""Measures how soon a mail to somebody who moves up is handed to the mail server.

python bench/notices.py [PROMOTIONS]
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mail_server import MailServer, mail_server
from running_notifier import notifying, person_with_mail
from running_service import DRAFT, Guest, RunningService, serving
from waiting import until

from turnout.valkey.embedded import embedded_valkey


async def _measure(promotions: int) -> list[float]:
    """Seconds from the answer to a person who leaves until the mail to the one who moves up was accepted."""
    with mail_server() as server, tempfile.TemporaryDirectory(prefix="turnout-bench-") as folder:
        async with (
            embedded_valkey(Path(folder)) as url,
            serving(url, limits="off", events_per_person=0) as service,
            notifying(url, server) as notifier,
        ):
            await until(notifier.is_sending)
            host = await service.guest("Olga")
            return [await _promote(service, server, host, number) for number in range(promotions)]


async def _promote(service: RunningService, server: MailServer, host: Guest, number: int) -> float:
    first, second = await service.guest(f"First {number}"), await person_with_mail(service, f"Second{number}")
    draft: dict[str, Any] = {**DRAFT, "title": f"Evening {number}", "capacity": 1}
    event = (await host("POST", "/api/events", draft)).raise_for_status().json()["id"]
    for each in (first, second):
        (await each("POST", f"/api/events/{event}/attendees", {"party": 1})).raise_for_status()
    mails = len(server.mails)
    started = time.perf_counter()
    (await first("DELETE", f"/api/events/{event}/attendees/me")).raise_for_status()
    await until(lambda: len(server.mails) > mails)
    return time.perf_counter() - started


def main() -> None:
    promotions = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    delays_s = sorted(asyncio.run(_measure(promotions)))
    print(
        f"{promotions} promotions: mail accepted after {statistics.median(delays_s) * 1000:.0f} ms (median), "
        f"{delays_s[-1] * 1000:.0f} ms (longest)"
    )


if __name__ == "__main__":
    main()
