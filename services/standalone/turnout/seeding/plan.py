"""The requests of a seeding, drawn from a seed: the same seed and day give the same requests.

Where a request is going to be refused (a full event, somebody who is in already), nothing that comes later in that
event could let it through, so that a second run is refused there as well.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final, Literal, NamedTuple

from turnout.seeding.kinds import KINDS, Crowd, Kind
from turnout.seeding.people import names
from turnout.seeding.venues import AT_HOME, ELSEWHERE, HOME, ONLINE, PORTABLE
from turnout_core.domain import limits

DAYS: Final = 30
_ELSEWHERE_SHARE: Final = 0.35  # of what may as well be in another city
_ORGANIZERS_SHARE: Final = 0.2  # of the people
_PARTIES: Final = (1,) * 15 + (2, 2, 2, 3, 4)
_WEEKEND_WEIGHT: Final = 2.2
_FRIDAY: Final = 4

# Probabilities, between 0 and 1.
_LINKED: Final = 0.3
_ORGANIZER_JOINS: Final = 0.6
_LEAVES: Final = 0.04
_REMOVED: Final = 0.01
_DOUBLED: Final = 0.1  # somebody presses the button once more
_BRINGS_MORE: Final = 0.3
_FINDS_CHAIRS: Final = 0.2  # of those that are too full
_CANCELLED: Final = 0.05
_PRACTICAL: Final = (
    "Doors open fifteen minutes before.",
    "Step-free access; tell us what else you need.",
    "If you can't make it, please give up your seat: someone is waiting.",
    "Free of charge. A hat goes round.",
    "Questions? Ask at the entrance, we have name tags.",
    "Photos are taken; say so if you do not want to be in them.",
)

Deed = Literal["join", "leave", "remove", "party", "capacity", "cancel"]


class Step(NamedTuple):
    """
    Attributes:
        person: who is meant; -1 where it is about the event.
        value: party or capacity.
    """

    deed: Deed
    person: int = -1
    value: int = 0


class PlannedEvent(NamedTuple):
    """
    Attributes:
        draft: body of the request.
        steps: in this order.
    """

    organizer: int
    draft: dict[str, Any]
    steps: tuple[Step, ...]


class Plan(NamedTuple):
    people: list[str]
    events: list[PlannedEvent]


class _Crowd(NamedTuple):
    """
    Attributes:
        capacity: range of it; None for no limit.
        demand: who asks, as a share of the capacity, or their number where there is no limit.
    """

    capacity: tuple[int, int] | None
    demand: tuple[float, float]
    waitlist: bool


_CROWDS: Final[dict[Crowd, _Crowd]] = {
    "workshop": _Crowd((8, 16), (1.0, 1.7), waitlist=True),
    "first-come": _Crowd((10, 24), (0.9, 1.4), waitlist=False),
    "nearly": _Crowd((14, 40), (0.7, 0.85), waitlist=True),
    "hall": _Crowd((60, 180), (0.2, 0.6), waitlist=True),
    "open": _Crowd(None, (8, 60), waitlist=True),
    "quiet": _Crowd((20, 60), (0.0, 0.2), waitlist=True),
}


def planned(seed: int, people: int, events: int, today: date) -> Plan:
    """A plan of ``events`` events in the days after ``today``. More events begin with the same ones."""
    titles = [(kind, title) for kind in KINDS for title in kind.titles]
    Random(f"titles {seed}").shuffle(titles)
    made = (
        _event(Random(f"event {seed} {people} {number}"), *titles[number % len(titles)], people, today)
        for number in range(events)
    )
    return Plan(names(seed, people), list(made))


def _event(rng: Random, kind: Kind, title: str, people: int, today: date) -> PlannedEvent:
    crowd = _CROWDS[kind.crowd]
    capacity = rng.randint(*crowd.capacity) if crowd.capacity else None
    organizer = rng.randrange(max(1, round(people * _ORGANIZERS_SHARE)))
    place, zone = _place(rng, kind)
    starts = _starts(rng, kind, today, at_home=zone == HOME)
    draft = {
        "title": title,
        "starts": _minute(starts),
        "ends": _minute(starts + timedelta(minutes=kind.minutes)),
        "zone": zone,
        "description": _description(rng, kind, today),
        "place": place,
        "link": _link(rng, kind),
        "tags": list(kind.tags),
        "capacity": capacity,
        "waitlist": crowd.waitlist,
    }
    return PlannedEvent(organizer, draft, tuple(_steps(rng, crowd, capacity, organizer, people)))


def _starts(rng: Random, kind: Kind, today: date, *, at_home: bool) -> datetime:
    """From tomorrow on; elsewhere from the day after, since there it may be tomorrow already."""
    days = [today + timedelta(days=each) for each in range(1 if at_home else 2, DAYS + 1)]
    weights = [_WEEKEND_WEIGHT if day.weekday() >= _FRIDAY else 1.0 for day in days]
    (day,) = rng.choices(days, weights)
    return datetime.combine(day, time(rng.choice(kind.hours), rng.choice((0, 0, 0, 15, 30))))


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _place(rng: Random, kind: Kind) -> tuple[str, str]:
    if kind.where == ONLINE:
        return "", HOME
    if kind.where in PORTABLE and rng.random() < _ELSEWHERE_SHARE:
        zone, places = rng.choice(ELSEWHERE)
        return rng.choice(places), zone
    return rng.choice(AT_HOME[kind.where]), HOME


def _description(rng: Random, kind: Kind, today: date) -> str:
    """Names ``today``, so that no two days ever ask for the same event under the same key."""
    announced = f"Announced on {today.day} {today:%B %Y}."
    return "\n\n".join((kind.about, " ".join(rng.sample(_PRACTICAL, 2)), announced))


def _link(rng: Random, kind: Kind) -> str:
    if kind.where == ONLINE:
        return f"https://meet.example.org/{rng.getrandbits(40):010x}"
    return f"https://example.org/{kind.tags[0]}/{rng.randrange(1_000, 9_999)}" if rng.random() < _LINKED else ""


def _steps(rng: Random, crowd: _Crowd, capacity: int | None, organizer: int, people: int) -> list[Step]:
    demand = rng.uniform(*crowd.demand) * (capacity or 1)
    joining = _joining(rng, round(demand), organizer, people)
    steps = [Step("join", person, party) for person, party in joining.items()]
    if not crowd.waitlist:
        return steps + _doubled(rng, [], joining)
    leaving = {person: deed for person in joining if (deed := _leaving(rng, person, organizer))}
    staying = [person for person in joining if person not in leaving]
    cancelled = rng.random() < _CANCELLED
    steps += [] if cancelled else _doubled(rng, staying, joining)
    steps += [Step(deed, person) for person, deed in leaving.items()]
    if capacity is None and staying and rng.random() < _BRINGS_MORE:
        steps.append(Step("party", rng.choice(staying), rng.randint(2, 5)))
    if capacity is not None and demand > capacity and rng.random() < _FINDS_CHAIRS:
        steps.append(Step("capacity", value=capacity + rng.randint(2, 4)))
    if cancelled:
        steps.append(Step("cancel"))
        late = [person for person in range(people) if person not in joining]
        steps += [Step("join", person, 1) for person in rng.sample(late, min(2, len(late)))]
    return steps


def _joining(rng: Random, seats: int, organizer: int, people: int) -> dict[int, int]:
    """The party of each person who joins, in order, until ``seats`` are asked for; the organizer is often first."""
    order = rng.sample(range(people), people)
    if rng.random() < _ORGANIZER_JOINS:
        order.remove(organizer)
        order.insert(0, organizer)
    joining: dict[int, int] = {}
    for person in order:
        if seats <= 0:
            break
        joining[person] = min(rng.choice(_PARTIES), limits.PARTY_MAX_SEATS)
        seats -= joining[person]
    return joining


def _leaving(rng: Random, person: int, organizer: int) -> Deed | None:
    chance = rng.random()
    if chance < _LEAVES:
        return "leave"
    return "remove" if chance < _LEAVES + _REMOVED and person != organizer else None


def _doubled(rng: Random, staying: list[int], joining: dict[int, int]) -> list[Step]:
    """The first of those who stay, or nobody."""
    return [Step("join", person, joining[person]) for person in staying[:1] if rng.random() < _DOUBLED]
