"""The facts of a picture for tests."""

from typing import Any, Final

from turnout_gateway.pictures.facts import CardFacts

FACTS: Final = CardFacts(
    title="Board games", starts="2026-12-12T19:30", ends="2026-12-12T22:00", zone="Europe/London",
    place="The Old Library", capacity=24, going=17, waiting=0, tense="now",
)  # fmt: skip


def facts(**changes: Any) -> CardFacts:
    """The facts of a board game night, with ``changes``."""
    return CardFacts(**{**{name: getattr(FACTS, name) for name in FACTS.__struct_fields__}, **changes})
