"""The site of a page, to which its passkeys belong, and to which a provider sends the browser back."""

from collections.abc import Collection
from typing import Final

from turnout_command.http.raw_route import CommandRequest
from turnout_command.sign_in.credentials import Site
from turnout_core.domain.rejections import Invalid
from turnout_core.runtime.origins import ANY, Origin
from turnout_core.web.origin import is_allowed, other_origin

_HOST_MAX_CHARS: Final = (
    260  # of a name in the DNS (RFC 1035 section 2.3.4), and a port; addresses of it are remembered
)


def site_of(request: CommandRequest, further: Collection[str] = ()) -> Site:
    """The site of the page that sends ``request``.

    It is the page's origin, which has to be that of the request or one of the ``further`` origins, with or without a
    bearer token. A client without pages acts for the origin of its request. Raises OtherOrigin and Invalid.
    """
    scheme, host = request.url.scheme, request.header(b"host") or ""
    given = request.header(b"origin")
    if given is not None and not is_allowed(given, scheme, host, set(further) - {ANY}):
        raise other_origin(given, scheme, host)
    origin = (
        Origin.parse(given if given is not None else f"{scheme}://{host}") if len(host) <= _HOST_MAX_CHARS else None
    )
    if origin is None:
        raise Invalid("The header Host names no host.")
    return Site.of(origin)
