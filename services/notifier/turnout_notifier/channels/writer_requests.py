"""Reports to the writer that an address, a subscription or a webhook is gone."""

from redis.asyncio import Redis

from turnout_core.domain.choice_commands import ForgetPush, ReportBounce
from turnout_core.domain.host_commands import ForgetWebhook
from turnout_core.journal.keys import Keys
from turnout_core.journal.notifier_requests import NotifierRequests


class WriterRequests:
    """The reports of the channels. All methods raise Unreachable."""

    def __init__(self, valkey: Redis, keys: Keys) -> None:
        self._requests = NotifierRequests(valkey, keys.notifier)

    async def report_bounce(self, user: str, mail: str) -> None:
        """Mail to the address ``mail`` of ``user`` comes back."""
        await self._requests.put(ReportBounce(user=user, mail=mail))

    async def forget_push(self, user: str, push: str) -> None:
        """The push service does not know the subscription with the id ``push`` of ``user`` any more."""
        await self._requests.put(ForgetPush(user=user, push=push))

    async def forget_webhook(self, event: str, webhook: str) -> None:
        """The receiver of the webhook with this id, of this event, says that it is gone."""
        await self._requests.put(ForgetWebhook(event=event, webhook=webhook))
