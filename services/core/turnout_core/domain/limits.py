"""All limits of the public interface.

The command models carry them into OpenAPI, and the front end's code is generated from OpenAPI. So the form and the
server have the same limits.
"""

from typing import Final

NAME_MAX_CHARS: Final = 40
TITLE_MAX_CHARS: Final = 120
DESCRIPTION_MAX_CHARS: Final = 4_000
PLACE_MAX_CHARS: Final = 200
LINK_MAX_CHARS: Final = 500
TAG_MAX_CHARS: Final = 24
TAGS_MAX: Final = 8
SEARCH_MAX_CHARS: Final = 100
ZONE_MAX_CHARS: Final = 64  # of the name of a time zone; the longest has 32

CAPACITY_MAX_SEATS: Final = 100_000
SESSIONS_MAX: Final = 20  # of one user; another one ends the one that was used least recently
DEVICE_MAX_CHARS: Final = 60  # of the description of a session's device
PASSKEYS_MAX: Final = 10  # of one user
ACCOUNTS_MAX: Final = 5  # of one user
PUSHES_MAX: Final = 10  # browsers of one user that show notices; another one ends the oldest
ENDPOINT_MAX_CHARS: Final = 1_000  # of the address of such a browser; those of today have about 200
COHOSTS_MAX: Final = 20  # of one event
INVITATIONS_MAX: Final = 50  # open links of one event
INVITATION_USES_MAX: Final = 1_000  # of one link; without a number it has any
INVITATION_CODE_CHARS: Final = 26  # 130 random bits in lower-case base32
KEPT_OUT_MAX: Final = 1_000  # people whom the hosts of one event keep out
WEBHOOKS_MAX: Final = 5  # of one event
NOTE_MAX_CHARS: Final = 500  # of the hosts, about one guest
REASON_MAX_CHARS: Final = 1_000  # of a report or an act of moderation
REPORTS_MAX: Final = 5_000  # open ones; then new ones are refused
AUDIT_MAX_ENTRIES: Final = 2_000  # the oldest ones go
MESSAGE_MAX_CHARS: Final = 1_000  # of a message to guests
NOTICES_MAX: Final = 50  # of one user; the oldest ones go

PARTY_MAX_SEATS: Final = 10  # one person and up to nine guests

EVENT_MAX_DAYS: Final = 31  # from start to end
EVENT_DEFAULT_HOURS: Final = 2  # length of an event without an end
YEAR_MIN: Final = 2000  # a typo such as 0202 is an error, not an event in antiquity
YEAR_MAX: Final = 2100

WINDOW_DEFAULT_ITEMS: Final = 50
WINDOW_MAX_ITEMS: Final = 500
FEED_EVENTS_MAX: Final = 500  # of a calendar feed
TAGS_WINDOW_DEFAULT_ITEMS: Final = 30
TAGS_WINDOW_MAX_ITEMS: Final = 100
FACES_MAX: Final = 12  # attendees that a card shows
NEWEST_MAX: Final = 3  # last attendees that a card shows, if there are more
NEWEST_LOOK_BACK: Final = 100  # parties; the search stops there, because cards are rendered often
ATTENDEES_WINDOW_ITEMS: Final = 100  # of each status in the view of one event; the rest is paged
PAGE_MAX_ITEMS: Final = 500  # of attendees

EVENT_ID_MAX_CHARS: Final = 40  # of an id in a view's address; ours have 12
VIEW_ADDRESS_MAX_CHARS: Final = 2_048  # percent-encoded; a search and a tag of emoji fit (test_kinds.py)
VIEWS_PER_CONNECTION_MAX: Final = 100
VIEWS_PER_STREAM_MAX: Final = 20  # the address of the stream contains all of them
BAD_MESSAGES_MAX: Final = 10  # per connection; a client with more is broken, so it is disconnected

BODY_MAX_BYTES: Final = 64 * 1024
IMPORT_MAX_BYTES: Final = 1024 * 1024  # of a calendar file or a table
IMPORT_MAX_EVENTS: Final = 500  # of one file
IDEMPOTENCY_KEY_MAX_CHARS: Final = 200
IDEMPOTENCY_KEPT_MS: Final = 24 * 60 * 60 * 1000
COUNTED_PAUSE_MAX_MS: Final = 60 * 60 * 1000  # of the time that keys are kept; a clock that jumps expires none of them
