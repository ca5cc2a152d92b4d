"""The offer of push to browsers: the key of the instance, and the push services that it sends to."""

from turnout_core.domain.choice_commands import PushBody
from turnout_core.domain.push_endpoints import check_endpoint
from turnout_core.domain.rejections import PushIsOff, Unavailable, invalid_field
from turnout_core.web.vapid import VapidKey, check_browser_keys


class PushOffer:
    """The offer of one instance.

    Args:
        is_on: False if the operator has switched push off.
        allows_private: as for ``check_endpoint``.
        configured: the key that the operator has set; None if it follows from the secret of the instance.
    """

    def __init__(self, *, is_on: bool, allows_private: bool = False, configured: VapidKey | None = None) -> None:
        self._is_on = is_on
        self._allows_private = allows_private
        self._configured = configured
        self._derived: VapidKey | None = None

    def use_secret(self, secret: str) -> None:
        """Derives the key from the secret of the instance, which is loaded before the first term."""
        if self._is_on and self._configured is None:
            self._derived = VapidKey.derive(secret)

    def key(self) -> VapidKey:
        """Raises PushIsOff, and Unavailable while the secret is not loaded."""
        if not self._is_on:
            raise PushIsOff
        key = self._configured or self._derived
        if key is None:
            raise Unavailable
        return key

    def check(self, subscription: PushBody) -> None:
        """Raises PushIsOff, and Invalid if nothing can, or may, be sent to the subscription."""
        if not self._is_on:
            raise PushIsOff
        try:
            check_endpoint(subscription.endpoint, allows_private=self._allows_private)
        except ValueError as error:
            raise invalid_field("endpoint", str(error)) from None
        try:
            check_browser_keys(subscription.keys.p256dh, subscription.keys.auth)
        except ValueError as error:
            raise invalid_field("keys", str(error)) from None
