"""A service ends with an exit status, and an expected error is one line."""

import resource

import pytest
from pydantic import BaseModel, ValidationError

from turnout_core.runtime.open_files import raise_open_files_limit
from turnout_core.runtime.process import run_service
from turnout_core.runtime.startup import CannotStart


class Model(BaseModel):
    links: int


class Expected(Exception):
    """An error that a service expects."""


async def succeeds() -> None:
    """Does nothing."""


async def lacks_something() -> None:
    raise CannotStart("the secret is empty")


async def fails_as_expected() -> None:
    raise Expected("the journal is damaged")


async def has_a_wrong_setting() -> None:
    Model.model_validate({"links": "abc"})


async def is_interrupted() -> None:
    raise KeyboardInterrupt


def test_a_service_that_ends_has_status_0(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_service("turnout", succeeds) == 0
    assert capfd.readouterr() == ("", "")


def test_an_expected_error_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_service("turnout", lacks_something) == 1
    assert run_service("turnout", fails_as_expected, (Expected,)) == 1
    assert run_service("turnout", has_a_wrong_setting) == 1
    reason = "must be a whole number"
    assert capfd.readouterr().err.splitlines() == [
        "turnout: the secret is empty",
        "turnout: the journal is damaged",
        f"turnout: TURNOUT_LINKS is not valid ('abc'): {reason}",
    ]


def test_any_other_error_is_raised() -> None:
    with pytest.raises(Expected):
        run_service("turnout", fails_as_expected, (ValidationError,))


def test_an_interrupt_has_the_status_of_the_shell() -> None:
    assert run_service("turnout", is_interrupted) == 130


def test_as_many_files_may_be_open_as_the_hard_limit_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
    try:
        raise_open_files_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
