from collections.abc import Iterator

import pytest
from calendar_readers import IcalJs, running_ical_js


@pytest.fixture(scope="module")
def ical_js() -> Iterator[IcalJs]:
    with running_ical_js() as reader:
        yield reader
