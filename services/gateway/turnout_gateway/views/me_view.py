"""What one user organises, attends and waits for."""

from turnout_core.domain.state import State
from turnout_gateway.views.address import MeAddress
from turnout_gateway.views.collapsed import UNKNOWN, Blur, Blurs
from turnout_gateway.views.item_cache import Encoded, Item
from turnout_gateway.views.view import Mark, View


class MeView(View):
    """``me``, of one user."""

    __slots__ = ("user",)

    def __init__(self, address: MeAddress, born: Mark, blurs: Blurs) -> None:
        super().__init__(address.canonical, "ascending", born, blurs)
        self.user = address.user

    def load(self, state: State, encoded: Encoded) -> dict[str, Item]:
        """Gives the whole content."""
        items = {"user": encoded.user(self.user)}
        concerned = state.attending.get(self.user, set()) | state.organizing.get(self.user, set())
        for event in sorted(concerned):
            items[f"card:{event}"] = encoded.card(event)
            items[f"mine:{event}"] = encoded.mine(state.events[event], self.user)
        return items

    def concerned(self, blur: Blur) -> bool:
        if blur is UNKNOWN:
            return True
        return any(self.user in users or f"mine:{event}" in self for event, users in blur.users.items())

    def update(self, event: str, state: State, encoded: Encoded, mark: Mark) -> None:
        """``event`` has changed, or how the user stands to it."""
        there = state.events.get(event)
        if there is not None and (there.organizer == self.user or self.user in there.attendances):
            self.put(f"card:{event}", *encoded.card(event), mark)
            self.put(f"mine:{event}", *encoded.mine(there, self.user), mark)
        else:
            self.drop(f"card:{event}", mark)
            self.drop(f"mine:{event}", mark)
