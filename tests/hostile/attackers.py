"""The process of the attackers: runs all attacks on an address for some seconds, then prints what they did as JSON.

    python -m hostile.attackers 127.0.0.1 8000 --seed 7 --seconds 60

It needs only the standard library, so it also runs in a container beside the target. It has a low priority, since
attackers elsewhere would not take the processor of the target.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Iterable
from random import Random
from typing import Final

from hostile.catalogue import ATTACKS
from hostile.client import Attack, HostileClient, Pace, Tally, Target
from hostile.crowd import CROWD

_NICENESS: Final = 10
_RETRY_S: Final = 0.2  # after a connection that failed at once


async def _repeat(attack: Attack, client: HostileClient, tally: Tally) -> None:
    """Opens one connection after the other."""
    try:
        while True:
            try:
                await attack.act(client)
            except OSError:  # the target closed, refused, or did not answer
                tally.ended_by_target += 1
                await asyncio.sleep(_RETRY_S)
    finally:
        client.close()


async def attack_for(
    target: Target, attacks: Iterable[Attack], seed: str, seconds: float, rate: float
) -> dict[str, Tally]:
    """Runs ``attacks`` on ``target`` at ``rate`` times their pace. Returns what each did."""
    tallies = {each.name: Tally() for each in attacks}
    tasks = []
    for each in attacks:
        pace = Pace(each.steps_per_s * rate)
        for number in range(each.clients):
            client = HostileClient(target, pace, tallies[each.name], Random(f"{seed}/{each.name}/{number}"))
            tasks.append(asyncio.create_task(_repeat(each, client, tallies[each.name])))
    done, running = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for task in done:
        task.result()  # only a fault of an attack ends it early
    return tallies


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hostile.attackers", description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--sources", default="", help="addresses to connect from, separated by commas")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--only", default="", help="attacks whose names contain this text")
    parser.add_argument("--crowd", action="store_true", help="visitors instead of attackers")
    arguments = parser.parse_args()
    os.nice(_NICENESS)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    target = Target(arguments.host, arguments.port, arguments.sources.split(","))
    began_s = time.monotonic()
    attacks = CROWD if arguments.crowd else [each for each in ATTACKS if arguments.only in each.name]
    tallies = asyncio.run(attack_for(target, attacks, arguments.seed, arguments.seconds, arguments.rate))
    report = {
        "seconds": time.monotonic() - began_s,
        "cpu_s": time.process_time(),
        "attacks": {name: vars(tally) for name, tally in tallies.items()},
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
