"""A fresh desk in memory for every test."""

import pytest

from tests.flows.trial import Trial


@pytest.fixture
def trial() -> Trial:
    """A desk whose clock stands still."""
    return Trial()
