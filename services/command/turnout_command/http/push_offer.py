"""The offer of push to browsers: the key of the instance, and the push services that it sends to."""

from pathlib import Path
from typing import TYPE_CHECKING

from turnout_core.domain.choice_commands import PushBody
from turnout_core.domain.push_endpoints import check_endpoint
from turnout_core.domain.rejections import PushIsOff, Unavailable, invalid_field

if TYPE_CHECKING:
    from turnout_core.web.vapid import VapidKey


class PushOffer:
    """The offer of one instance.

    Args:
        is_on: False if the operator has switched push off.
        allows_private: as for ``check_endpoint``.
        key_file: the key that the operator has set; None if it follows from the secret of the instance.

    Raises CannotStart if the file has no key. The libraries of keys take 8 MB, so they are loaded with the first key.
    """

    def __init__(self, *, is_on: bool, allows_private: bool = False, key_file: Path | None = None) -> None:
        self._is_on = is_on
        self._allows_private = allows_private
        self._configured = _read_key(key_file) if key_file is not None else None
        self._derived: VapidKey | None = None
        self._secret: str | None = None

    def use_secret(self, secret: str) -> None:
        """Takes the secret of the instance, which is loaded before each term."""
        self._secret, self._derived = secret, None

    def key(self) -> "VapidKey":
        """Raises PushIsOff, and Unavailable while the secret is not loaded."""
        if not self._is_on:
            raise PushIsOff
        if self._configured is not None:
            return self._configured
        if self._secret is None:
            raise Unavailable
        if self._derived is None:
            self._derived = _derive_key(self._secret)
        return self._derived

    def check(self, subscription: PushBody) -> None:
        """Raises PushIsOff, and Invalid if nothing can, or may, be sent to the subscription."""
        if not self._is_on:
            raise PushIsOff
        try:
            check_endpoint(subscription.endpoint, allows_private=self._allows_private)
        except ValueError as error:
            raise invalid_field("endpoint", str(error)) from None
        from turnout_core.web.vapid import check_browser_keys  # noqa: PLC0415 - see the class

        try:
            check_browser_keys(subscription.keys.p256dh, subscription.keys.auth)
        except ValueError as error:
            raise invalid_field("keys", str(error)) from None


def _read_key(file: Path) -> "VapidKey":
    from turnout_core.web.vapid import VapidKey  # noqa: PLC0415 - see the class

    return VapidKey.read(file)


def _derive_key(secret: str) -> "VapidKey":
    from turnout_core.web.vapid import VapidKey  # noqa: PLC0415 - see the class

    return VapidKey.derive(secret)
