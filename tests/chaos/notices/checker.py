"""Compares the mails that arrived with what the oracle wants."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from chaos.notices.mail_arrivals import Arrival
from chaos.notices.oracle import Wanted

LATE_S: Final = 6.0
"""How long after it ceased to hold a notice may arrive: its sender may be stopped for three seconds meanwhile."""
IN_FLIGHT_S: Final = 1.5
"""How long a mail may be in flight while no process is stopped, also on a busy machine."""


class Fault(NamedTuple):
    """The Unix times between which a process was stopped; equal for a kill."""

    begin_s: float
    end_s: float


class Violation(NamedTuple):
    """A rule that was broken, and how."""

    rule: str
    text: str


def check(
    wanted: Mapping[str, Wanted], arrivals: Sequence[Arrival], faults: Sequence[Fault], parallel: int
) -> list[Violation]:
    """The violations of a run.

    - ``lost``: a notice that held all the time did not arrive.
    - ``not-planned``: a mail holds what nobody planned, or goes to another address.
    - ``obsolete``: a mail was accepted long after its notice ceased to hold.
    - ``repeated``: a mail came again that was not in flight at a fault, of which each may repeat ``parallel`` mails.
    """
    found: list[Violation] = []
    seen: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        for each in arrival.ids:
            seen[each].append(arrival)
    found += (Violation("lost", name) for name, wish in wanted.items() if not wish.was_obsolete and name not in seen)
    for name, times in seen.items():
        if name not in wanted or any(each.address != wanted[name].address for each in times):
            found.append(Violation("not-planned", name))
            continue
        wish = wanted[name]
        late_s = times[0].at_s - wish.obsolete_since_s
        if wish.is_obsolete and late_s > LATE_S:
            found.append(Violation("obsolete", f"{name}, {late_s:.1f} s late"))
    return found + check_repeats(arrivals, faults, parallel)


def check_repeats(arrivals: Sequence[Arrival], faults: Sequence[Fault], parallel: int) -> list[Violation]:
    """The repeats that no fault explains.

    A repeat needs a fault near the arrival before, and each fault explains as many as were in flight (``parallel``).
    """
    last_s: dict[str, float] = {}
    explained = [0] * len(faults)
    found: list[Violation] = []
    for arrival in sorted(arrivals, key=lambda each: each.at_s):
        before_s = [last_s[each] for each in arrival.ids if each in last_s]
        last_s.update(dict.fromkeys(arrival.ids, arrival.at_s))
        if not before_s:
            continue
        at = next(
            (at for at, each in enumerate(faults) if _is_near(before_s[-1], each) and explained[at] < parallel), None
        )
        if at is None:
            found.append(Violation("repeated", f"{arrival.ids[0]}, which was not in flight at a fault"))
        else:
            explained[at] += 1
    return found


def _is_near(at_s: float, fault: Fault) -> bool:
    return fault.begin_s - IN_FLIGHT_S <= at_s <= fault.end_s + IN_FLIGHT_S
