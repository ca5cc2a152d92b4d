"""Draws the requests of a seeding: the same seed and day give the same requests.

Some requests are refused (a full event, a second join). No later step of that event makes room for them, so a second
run gets the same rejections.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final, Literal, NamedTuple

from turnout.seeding.kinds import KINDS, DemandKind, Kind
from turnout.seeding.people import make_names
from turnout.seeding.venues import HOME_ZONE, ONLINE, PORTABLE_VENUE_TYPES, VENUES_AT_HOME, VENUES_ELSEWHERE
from turnout_core.domain import limits

DAYS: Final = 30
_ELSEWHERE_PROBABILITY: Final = 0.35  # of events that are possible in another city
_ORGANIZERS_SHARE: Final = 0.2  # of all people
_PARTIES: Final = (1,) * 15 + (2, 2, 2, 3, 4)
_WEEKEND_WEIGHT: Final = 2.2
_FRIDAY: Final = 4

# Probabilities, between 0 and 1.
_LINK_PROBABILITY: Final = 0.3
_ORGANIZER_JOINS_PROBABILITY: Final = 0.6
_LEAVE_PROBABILITY: Final = 0.04
_REMOVAL_PROBABILITY: Final = 0.01
_REPEATED_JOIN_PROBABILITY: Final = 0.1  # one attendee joins a second time
_LARGER_PARTY_PROBABILITY: Final = 0.3
_MORE_SEATS_PROBABILITY: Final = 0.2  # of events with more demand than seats
_CANCEL_PROBABILITY: Final = 0.05
_NOTICES: Final = (
    "Doors open fifteen minutes before.",
    "Step-free access; tell us what else you need.",
    "If you can't make it, please give up your seat: someone is waiting.",
    "Free of charge. A hat goes round.",
    "Questions? Ask at the entrance, we have name tags.",
    "Photos are taken; say so if you do not want to be in them.",
)

Action = Literal["join", "leave", "remove", "party", "capacity", "cancel"]


class Step(NamedTuple):
    """One request about an event.

    Attributes:
        person: number of the attendee; -1 for a request about the event.
        value: size of the party, or the capacity.
    """

    action: Action
    person: int = -1
    value: int = 0


class PlannedEvent(NamedTuple):
    """An event and the requests about it.

    Attributes:
        draft: body of the request that creates it.
        steps: requests in the order of sending.
    """

    organizer: int
    draft: dict[str, Any]
    steps: tuple[Step, ...]


class Plan(NamedTuple):
    people: list[str]
    events: list[PlannedEvent]


class _DemandProfile(NamedTuple):
    """The range of an event's capacity and of its demand.

    Attributes:
        capacity: range of the capacity; None for no limit.
        demand: requested seats, as a share of the capacity; their number if there is no limit.
    """

    capacity: tuple[int, int] | None
    demand: tuple[float, float]
    waitlist: bool


_DEMAND_PROFILES: Final[dict[DemandKind, _DemandProfile]] = {
    "workshop": _DemandProfile((8, 16), (1.0, 1.7), waitlist=True),
    "first-come": _DemandProfile((10, 24), (0.9, 1.4), waitlist=False),
    "nearly": _DemandProfile((14, 40), (0.7, 0.85), waitlist=True),
    "hall": _DemandProfile((60, 180), (0.2, 0.6), waitlist=True),
    "open": _DemandProfile(None, (8, 60), waitlist=True),
    "quiet": _DemandProfile((20, 60), (0.0, 0.2), waitlist=True),
}


def make_plan(seed: int, people: int, events: int, today: date) -> Plan:
    """Draws ``events`` events in the days after ``today``. A smaller number gives a prefix of the same list."""
    titles = [(kind, title) for kind in KINDS for title in kind.titles]
    Random(f"titles {seed}").shuffle(titles)
    planned_events = (
        _draw_event(Random(f"event {seed} {people} {number}"), *titles[number % len(titles)], people, today)
        for number in range(events)
    )
    return Plan(make_names(seed, people), list(planned_events))


def _draw_event(rng: Random, kind: Kind, title: str, people: int, today: date) -> PlannedEvent:
    profile = _DEMAND_PROFILES[kind.demand_kind]
    capacity = rng.randint(*profile.capacity) if profile.capacity else None
    organizer = rng.randrange(max(1, round(people * _ORGANIZERS_SHARE)))
    place, zone = _draw_place(rng, kind)
    starts = _draw_start(rng, kind, today, at_home=zone == HOME_ZONE)
    draft = {
        "title": title,
        "starts": _to_minute(starts),
        "ends": _to_minute(starts + timedelta(minutes=kind.minutes)),
        "zone": zone,
        "description": _draw_description(rng, kind, today),
        "place": place,
        "link": _draw_link(rng, kind),
        "tags": list(kind.tags),
        "capacity": capacity,
        "waitlist": profile.waitlist,
    }
    return PlannedEvent(organizer, draft, tuple(_draw_steps(rng, profile, capacity, organizer, people)))


def _draw_start(rng: Random, kind: Kind, today: date, *, at_home: bool) -> datetime:
    """Draws a start from tomorrow on; elsewhere from the day after, because of the time zones."""
    days = [today + timedelta(days=each) for each in range(1 if at_home else 2, DAYS + 1)]
    weights = [_WEEKEND_WEIGHT if day.weekday() >= _FRIDAY else 1.0 for day in days]
    (day,) = rng.choices(days, weights)
    return datetime.combine(day, time(rng.choice(kind.hours), rng.choice((0, 0, 0, 15, 30))))


def _to_minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _draw_place(rng: Random, kind: Kind) -> tuple[str, str]:
    if kind.venue_type == ONLINE:
        return "", HOME_ZONE
    if kind.venue_type in PORTABLE_VENUE_TYPES and rng.random() < _ELSEWHERE_PROBABILITY:
        zone, places = rng.choice(VENUES_ELSEWHERE)
        return rng.choice(places), zone
    return rng.choice(VENUES_AT_HOME[kind.venue_type]), HOME_ZONE


def _draw_description(rng: Random, kind: Kind, today: date) -> str:
    """The description includes ``today``, so that runs on two days never send the same draft under one key."""
    announced = f"Announced on {today.day} {today:%B %Y}."
    return "\n\n".join((kind.description, " ".join(rng.sample(_NOTICES, 2)), announced))


def _draw_link(rng: Random, kind: Kind) -> str:
    if kind.venue_type == ONLINE:
        return f"https://meet.example.org/{rng.getrandbits(40):010x}"
    return (
        f"https://example.org/{kind.tags[0]}/{rng.randrange(1_000, 9_999)}" if rng.random() < _LINK_PROBABILITY else ""
    )


def _draw_steps(rng: Random, profile: _DemandProfile, capacity: int | None, organizer: int, people: int) -> list[Step]:
    demand = rng.uniform(*profile.demand) * (capacity or 1)
    parties = _draw_parties(rng, round(demand), organizer, people)
    steps = [Step("join", person, party) for person, party in parties.items()]
    if not profile.waitlist:
        return steps + _draw_repeated_join(rng, [], parties)
    departures = {person: action for person in parties if (action := _draw_departure(rng, person, organizer))}
    staying = [person for person in parties if person not in departures]
    cancelled = rng.random() < _CANCEL_PROBABILITY
    steps += [] if cancelled else _draw_repeated_join(rng, staying, parties)
    steps += [Step(action, person) for person, action in departures.items()]
    if capacity is None and staying and rng.random() < _LARGER_PARTY_PROBABILITY:
        steps.append(Step("party", rng.choice(staying), rng.randint(2, 5)))
    if capacity is not None and demand > capacity and rng.random() < _MORE_SEATS_PROBABILITY:
        steps.append(Step("capacity", value=capacity + rng.randint(2, 4)))
    if cancelled:
        steps.append(Step("cancel"))
        late_joiners = [person for person in range(people) if person not in parties]
        steps += [Step("join", person, 1) for person in rng.sample(late_joiners, min(2, len(late_joiners)))]
    return steps


def _draw_parties(rng: Random, seats: int, organizer: int, people: int) -> dict[int, int]:
    """Maps each person to their party, in the order of joining, until ``seats`` are requested."""
    order = rng.sample(range(people), people)
    if rng.random() < _ORGANIZER_JOINS_PROBABILITY:
        order.remove(organizer)
        order.insert(0, organizer)
    parties: dict[int, int] = {}
    for person in order:
        if seats <= 0:
            break
        parties[person] = min(rng.choice(_PARTIES), limits.PARTY_MAX_SEATS)
        seats -= parties[person]
    return parties


def _draw_departure(rng: Random, person: int, organizer: int) -> Action | None:
    chance = rng.random()
    if chance < _LEAVE_PROBABILITY:
        return "leave"
    return "remove" if chance < _LEAVE_PROBABILITY + _REMOVAL_PROBABILITY and person != organizer else None


def _draw_repeated_join(rng: Random, staying: list[int], parties: dict[int, int]) -> list[Step]:
    """A second join of the first attendee who stays, with some probability."""
    return [
        Step("join", person, parties[person]) for person in staying[:1] if rng.random() < _REPEATED_JOIN_PROBABILITY
    ]
