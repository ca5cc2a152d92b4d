"""The errors that end an operation early. Each message is one line, and names the next step where there is one."""

from typing import ClassVar


class OperationError(Exception):
    """An operation failed.

    Attributes:
        exit_status: exit status of the command.
    """

    exit_status: ClassVar[int] = 1


class DataDamaged(OperationError):
    """The journal or the backup does not hold what was written."""


class OperationInterrupted(OperationError):
    """Something else changed the journal meanwhile, or the connection broke."""


class OperationRefused(OperationError):
    """The operation is not possible here, or not now. Nothing has changed."""

    exit_status = 2


class ServiceIsRunning(OperationRefused):
    """A command service has the writer's lease."""
