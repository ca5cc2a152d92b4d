"""Why an operation ends early. The message is one line for a person, and says the way out where there is one."""

from typing import ClassVar


class OperationError(Exception):
    """
    Attributes:
        exit_status: of the command.
    """

    exit_status: ClassVar[int] = 1


class Damaged(OperationError):
    """What is there is not what was written."""


class Interrupted(OperationError):
    """Something else changed the journal meanwhile, or the link broke."""


class Refused(OperationError):
    """It can not be done here, or not now. Nothing has changed."""

    exit_status = 2
