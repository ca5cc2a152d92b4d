"""Brings a guest along into an account: both were the same person. Pure.

The guest is removed at the end, with their sessions, their ways back, their subscriptions to push and their feed. Those
never become ways into the account: somebody else may know the guest's recovery link, or read the guest's feed, such as
the one who prepared the device. What the account has chosen about notices counts, or else what the guest has.
"""

from turnout_command.rules.event_rules import has_ended, is_closed
from turnout_command.rules.seat_commands import leave
from turnout_command.rules.seat_rules import promote
from turnout_core.domain import changes, choice_changes, host_changes, limits, moderation_changes, people_changes
from turnout_core.domain.access import is_kept_out
from turnout_core.domain.state import Attendance, Event, State, User


def can_merge(guest: User | None, account: User) -> bool:
    """False if there is nobody to bring along, or if a moderator blocks one of the two.

    Otherwise a block would end with the guest, while their events went on, or would spread to what was free.
    """
    return guest is not None and guest.id != account.id and not guest.blocked and not account.blocked


def merge(state: State, guest: str, account: str, now: int) -> list[changes.AnyChange]:
    """The changes that give all of ``guest``, their events, seats and roles, to ``account``."""
    made: list[changes.AnyChange] = []
    indexes = (state.organizing, state.attending, state.involved)
    for event in sorted(set().union(*(index.get(guest, ()) for index in indexes))):
        made += _merge_event(state.events[event], guest, account, now)
    if state.moderators.get(guest) == "command" and account not in state.moderators:
        made.append(moderation_changes.ModeratorAdded(account, "command"))
    made += [
        # The same report once more, under the other name: nobody gets rid of one by coming along.
        moderation_changes.Reported(each.id, "person", account, each.by, each.reason)
        for each in state.reports.values()
        if each.target == "person" and each.about == guest and each.by != account
    ]
    chosen = state.users[guest].notify
    if chosen is not None and state.users[account].notify is None:
        made.append(choice_changes.PreferencesSet(account, chosen))
    return [*made, people_changes.UserRemoved(guest)]


def _merge_event(event: Event, guest: str, account: str, now: int) -> list[changes.AnyChange]:
    made: list[changes.AnyChange] = []
    is_host = any(map(event.is_host, (guest, account)))
    if event.organizer == guest:
        made.append(host_changes.HandedOver(event.id, account))
    if not is_host and any(is_kept_out(event, each) for each in (guest, account)):
        made += _give_up(event, guest, account, now)
    else:
        made += _merge_attendances(event, guest, account, now)
        made += _close_needless_requests(event, guest, account)
    if guest in event.involved():
        made.append(host_changes.RolesMoved(event.id, guest, account))
    if is_host and any(is_kept_out(event, each) for each in (guest, account)):
        made.append(host_changes.GuestAllowed(event.id, account))  # hosts are never kept out
    return made


def _give_up(event: Event, guest: str, account: str, now: int) -> list[changes.AnyChange]:
    """One of the two is kept out, so both are: they leave as if the hosts had just decided so.

    An event that is over stays as it was.
    """
    made: list[changes.AnyChange] = []
    both = [each for each in (guest, account) if each in event.attendances]
    if has_ended(event, now):
        made += _merge_attendances(event, guest, account, now)
    elif len(both) > 1:
        # The seats of both are free before the waitlist is served.
        seats = sum(each.party for each in map(event.attendances.__getitem__, both) if each.status == "going")
        line = [(each.user, each.party) for each in event.waitlist() if each.user not in both]
        made += [changes.Left(event.id, each) for each in both]
        made += _promote(event, line, seats, now)
    else:
        made += [change for each in both for change in leave(event, each)]
    desk = event.desk
    if desk is not None:
        made += [host_changes.RequestClosed(event.id, each) for each in (guest, account) if each in desk.requests]
        made += [host_changes.Uninvited(event.id, each) for each in (guest, account) if each in desk.invited]
    return made


def _merge_attendances(event: Event, guest: str, account: str, now: int) -> list[changes.AnyChange]:
    """Makes the seats of both those of the account.

    If both go, or both wait, the earlier place counts, and the parties are added. If one goes, those seats stay, and
    the place on the waitlist is given up.
    """
    both = [each for each in event.attendances.values() if each.user in (guest, account)]
    if len(both) < 2:  # noqa: PLR2004 - the guest and the account
        return [host_changes.AttendanceMoved(event.id, guest, account)] if guest in event.attendances else []
    kept, other = both
    if kept.status == other.status:
        party = _sum(event, kept, other)
    else:
        kept, other = (kept, other) if kept.status == "going" else (other, kept)
        party = kept.party
    made: list[changes.AnyChange] = [changes.Left(event.id, other.user)]
    if kept.user == guest:
        made.append(host_changes.AttendanceMoved(event.id, guest, account))
    if party != kept.party:
        made.append(changes.PartyChanged(event.id, account, party))
    freed = kept.party + other.party - party if kept.status == other.status == "going" else 0
    line = [
        (account, party) if each is kept else (each.user, each.party) for each in event.waitlist() if each is not other
    ]
    return [*made, *_promote(event, line, freed, now)]


def _sum(event: Event, kept: Attendance, other: Attendance) -> int:
    """The seats of both, up to the largest party, which on the waitlist has to fit into the event."""
    party = min(kept.party + other.party, limits.PARTY_MAX_SEATS)
    capacity = event.details.capacity
    return min(party, capacity) if kept.status == "waitlisted" and capacity is not None else party


def _promote(event: Event, line: list[tuple[str, int]], freed: int, now: int) -> list[changes.Promoted]:
    if is_closed(event, now):
        return []
    free = event.free_seats()
    return promote(event, line, None if free is None else free + freed)


def _close_needless_requests(event: Event, guest: str, account: str) -> list[changes.AnyChange]:
    """Closes the request of one if the other already attends or hosts."""
    desk = event.desk
    if desk is None or not any(each in event.attendances or event.is_host(each) for each in (guest, account)):
        return []
    return [host_changes.RequestClosed(event.id, each) for each in (guest, account) if each in desk.requests]
