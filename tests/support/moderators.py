"""Makes people moderators, as an operator does."""

import subprocess
import sys

from turnout_process import TurnoutProcess


def add_moderator(turnout: TurnoutProcess, user: str) -> None:
    """Makes the person with the id ``user`` a moderator of the running product."""
    arguments = ["moderator", "add", user, "--data", str(turnout.data)]
    subprocess.run([sys.executable, "-m", "turnout", *arguments], check=True)
