"""The list of view kinds, and the parser of their addresses. A new kind is one file and one line here."""

from typing import Any, Final

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_gateway.views.account_view import AccountKind
from turnout_gateway.views.audit_view import AuditKind
from turnout_gateway.views.calendar_view import CalendarKind
from turnout_gateway.views.desk_view import DeskKind
from turnout_gateway.views.event_view import EventKind
from turnout_gateway.views.list_view import ListKind
from turnout_gateway.views.me_view import MeKind
from turnout_gateway.views.notices_view import NoticesKind
from turnout_gateway.views.people_view import PeopleKind
from turnout_gateway.views.query import quote
from turnout_gateway.views.reports_view import ReportsKind
from turnout_gateway.views.tags_view import TagsKind
from turnout_gateway.views.view_kind import Address, ViewKind

Kinds = tuple[type[ViewKind[Any, Any]], ...]

KINDS: Final[Kinds] = (  # the first match wins
    ListKind, CalendarKind, TagsKind, PeopleKind, DeskKind, EventKind, MeKind, AccountKind, NoticesKind,
    ReportsKind, AuditKind,
)  # fmt: skip


def parse(text: str, viewer: str | None, kinds: Kinds = KINDS) -> Address:
    """Reads an address in any spelling; ``me`` means the signed-in user ``viewer``.

    Raises:
        Invalid: no kind has such an address, or a parameter has an impossible value.
        Rejection: the kind rejects the address.
    """
    if len(text) > limits.VIEW_ADDRESS_MAX_CHARS:
        raise Invalid(f"A view's address has at most {limits.VIEW_ADDRESS_MAX_CHARS} characters.")
    path, mark, query = text.partition("?")
    for kind in kinds:
        address = kind.parse(path, query if mark else None, viewer)
        if address is not None:
            found: Address = address
            return found
    raise Invalid(
        f"There is no view {quote(path)}: ask for events, calendar, tags, events/<id>, events/<id>/people, "
        "events/<id>/desk, me, me/calendar, me/tags, me/account, me/notices, moderation or moderation/audit."
    )
