"""The rules of who may create events, and how many. Pure."""

from typing import Final, Literal, NamedTuple

from turnout_command.rules.event_rules import is_closed
from turnout_core.domain import rejections
from turnout_core.domain.state import State

Creators = Literal["anyone", "returning", "moderators"]


class CreationPolicy(NamedTuple):
    """The operator's choice.

    Attributes:
        creators: ``anyone``, ``returning`` for people with a way back, such as a recovery link, or ``moderators``.
        upcoming_max: events of one person that are neither over nor cancelled; None for any number. Moderators have no
            limit.
    """

    creators: Creators = "anyone"
    upcoming_max: int | None = None


ANYONE: Final = CreationPolicy()


def check_creation(policy: CreationPolicy, state: State, actor: str, now: int) -> None:
    """Raises NotPermitted or QuotaReached if ``actor`` may not create another event at ``now`` (ms since 1970)."""
    user = state.users.get(actor)
    if user is None or user.id in state.moderators:
        return
    if policy.creators == "moderators":
        raise rejections.NotPermitted("Only moderators can create events here.")
    if policy.creators == "returning" and not user.has_way_back:
        raise rejections.NotPermitted(
            "Only people who can come back can create events here. Set up a way back first, such as a recovery link."
        )
    most, organized = policy.upcoming_max, state.organizing.get(actor, ())
    if most is None or len(organized) < most:
        return
    if sum(not is_closed(state.events[event], now) for event in organized) >= most:
        raise rejections.QuotaReached(f"You have {most} upcoming events, and more are not possible here.")
