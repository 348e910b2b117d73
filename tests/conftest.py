"""What every run of the tests needs: one hash seed, and the programs that tests are marked with."""

import os
import random
from collections import Counter

import pytest

from tests.programs import require_programs

HASH_SEED = "PYTHONHASHSEED"


def pytest_configure() -> None:
    """Give the processes of one run one hash seed: sets decide in which order tests are named."""
    os.environ.setdefault(HASH_SEED, str(random.SystemRandom().randrange(2**32)))


def pytest_report_header(config: pytest.Config) -> str:
    """Say the seed, so that a run can be repeated."""
    workers = config.getoption("numprocesses", None)
    return f"hash seed of {workers or 0} processes beside this one: {os.environ[HASH_SEED]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long by itself, then go from the largest file to the smallest.

    Side by side a file goes to one process: a long one that came last would be waited for alone.
    """
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (not item.get_closest_marker("begun_first"), -sizes[item.path]))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look for the programs a test needs before any of its fixtures starts anything."""
    require_programs(item)
