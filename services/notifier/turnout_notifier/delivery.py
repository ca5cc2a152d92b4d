"""A delivery: something that one channel has to bring to one recipient. Pure."""

from typing import Literal, get_args

import msgspec

from turnout_core.domain.notices import Notice

ChannelName = Literal["mail", "push", "webhook"]
CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)


class Delivery(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A delivery as the queue stores it.

    It has no address and no text of a person: both are looked up in the state when it is sent, so that what was erased
    meanwhile is gone here, too.

    Attributes:
        epoch: of the journal; a restore begins another one, whose numbers start again.
        notice: ``Notice.id``, ``<seq>.<kind>.<event>``; of a webhook the same, with the type of its payload as kind.
        event: id of the event.
        user: id of the recipient; empty for a webhook.
        target: id of the push subscription or of the webhook; empty for mail.
        body: of a webhook ``plan.webhooks.WebhookFacts`` as JSON; only that of a deletion has an address.
    """

    epoch: str
    notice: str
    event: str
    channel: ChannelName
    user: str = ""
    target: str = ""
    body: str = ""

    @classmethod
    def of(cls, epoch: str, notice: Notice, user: str, channel: ChannelName, target: str = "") -> "Delivery":
        """The delivery of a notice to a person."""
        return cls(epoch, notice.id, notice.event, channel, user, target)

    @property
    def seq(self) -> int:
        """Number of the commit."""
        return int(self.notice.partition(".")[0])

    @property
    def id(self) -> str:
        """The same whenever the delivery is planned or sent again, and different for all others."""
        target = f".{self.target}" if self.target else ""
        return f"{self.epoch}-{self.notice}.{self.user}.{self.channel}{target}"
