"""A served desk in memory: a venue, a clock and a queue in the test's hand, and clients of it."""

from collections.abc import Iterator

import pytest

from tests.control.http.served import Served, served


@pytest.fixture
def desk() -> Iterator[Served]:
    """A desk whose HTTP side is open; one operator, one reader."""
    with served() as made:
        yield made
