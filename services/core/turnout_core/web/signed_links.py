"""Links that work without a sign-in, because they carry a signature: to unsubscribe, and to the feed of one's events.

Nothing is stored for a link, so anyone who holds one can use it, and nobody can make one. They are signed with the
secret of the instance, each kind under a salt of its own, so that none counts as another or as a session.
"""

from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple, get_args

from itsdangerous import BadSignature, URLSafeSerializer

from turnout_core.domain.notices import NoticeKind
from turnout_core.domain.preferences import KINDS, Channel
from turnout_core.domain.state import State, User

UNSUBSCRIBE: Final = "/unsubscribe"
FEEDS: Final = "/api/feeds"
FEED_SUFFIX: Final = ".ics"
_SIGNATURE: Final = {"digest_method": sha256}


class Subscription(NamedTuple):
    """Notices of one kind, or of all, that come to ``user`` by one channel; a link to unsubscribe ends them."""

    user: str
    channel: Channel
    kind: NoticeKind | Literal["all"]


class SignedLinks:
    """Makes and reads links. All paths are below the base path. ``secret`` is that of the instance."""

    def __init__(self, secret: str) -> None:
        self._unsubscribe = URLSafeSerializer(secret, salt="turnout.unsubscribe.1", signer_kwargs=_SIGNATURE)
        self._feed = URLSafeSerializer(secret, salt="turnout.feed.1", signer_kwargs=_SIGNATURE)

    def unsubscribe_path(self, subscription: Subscription) -> str:
        """The path of the page that ends the subscription; it takes the POST of RFC 8058, too."""
        return f"{UNSUBSCRIBE}/{_dump(self._unsubscribe, list(subscription))}"

    def read_subscription(self, token: str) -> Subscription | None:
        """The subscription of a link to unsubscribe; None for a token that was not made here. The user may be gone."""
        match _load(self._unsubscribe, token):
            case [str(user), channel, kind] if channel in get_args(Channel) and kind in (*KINDS, "all"):
                return Subscription(user, channel, kind)
        return None

    def feed_path(self, user: str, feed: int) -> str:
        """The path of the secret feed of the user with id ``user``; ``feed`` is ``User.feed``, not 0."""
        return f"{FEEDS}/{_dump(self._feed, [user, feed])}{FEED_SUFFIX}"

    def find_feed(self, state: State, token: str) -> User | None:
        """The user whose present feed has ``token``; None for a token that is forged or has been replaced."""
        match _load(self._feed, token):
            case [str(user), int(feed)] if feed and user in state.users and state.users[user].feed == feed:
                return state.users[user]
        return None


def _dump(serializer: URLSafeSerializer, value: list[Any]) -> str:
    token = serializer.dumps(value)
    return token if isinstance(token, str) else token.decode()


def _load(serializer: URLSafeSerializer, token: str) -> Any:
    """The value of a token; None for one that is not genuine. The signature is compared in constant time."""
    try:
        return serializer.loads(token)
    except (BadSignature, ValueError):
        return None
