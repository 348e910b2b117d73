"""A scripted venue and a client of it."""

from collections.abc import Iterator

import pytest

from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc.spot import MexcSpot
from tests.exchanges.mexc.scripted import Scripted, scripted


@pytest.fixture
def venue() -> Iterator[Scripted]:
    """Give a venue that answers as told."""
    with scripted() as venue:
        yield venue


@pytest.fixture
def spot(venue: Scripted, door: HttpDoor) -> MexcSpot:
    """Give a client of it."""
    return venue.client(door)
