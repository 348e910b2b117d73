"""What every run of the tests needs: one hash seed, and the programs that tests are marked with."""

import os
import random

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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look for the programs a test needs before any of its fixtures starts anything."""
    require_programs(item)
