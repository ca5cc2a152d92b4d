"""A notifier whose times are short, which names its deliveries in a header, and which may have a planted bug.

python -m chaos.notices.fast_notifier [BUG]
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from chaos.notices.bugs import BUGS
from chaos.notices.mail_arrivals import DELIVERIES
from turnout_core.domain.notices import Notice
from turnout_core.domain.state import State, User
from turnout_notifier.__main__ import main
from turnout_notifier.channels import mail, pauses
from turnout_notifier.outgoing.client import OutgoingHttp
from turnout_notifier.plan import pacing, retries
from turnout_notifier.render.mail import MailStyle, notice_mail

_PACE_MS = 400
_RETRY_S = 0.2
_LONGEST_PAUSE_S = 1.0
_POST_S = 2.0


def _with_ids(
    style: MailStyle, state: State, user: User, notices: Sequence[Notice], ids: Sequence[str], sent_at: datetime
) -> EmailMessage:
    message = notice_mail(style, state, user, notices, ids, sent_at)
    message[DELIVERIES] = " ".join(ids)
    return message


if __name__ == "__main__":
    mail.notice_mail = _with_ids  # type: ignore[attr-defined]
    pacing.INTERVAL_MS = _PACE_MS  # type: ignore[misc]
    retries._FIRST_S, retries._LONGEST_S = _RETRY_S, _LONGEST_PAUSE_S  # type: ignore[misc]
    pauses._FIRST_S, pauses._LONGEST_S = _RETRY_S, _LONGEST_PAUSE_S  # type: ignore[misc]
    assert OutgoingHttp.__init__.__kwdefaults__ is not None
    OutgoingHttp.__init__.__kwdefaults__["timeout_s"] = _POST_S
    for name in sys.argv[1:]:
        BUGS[name]()
    main()
