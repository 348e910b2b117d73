"""The promise with PostgreSQL under the ledger: the tests of SQLite, word for word.

Only those whose answer hangs on the ledger; workers on several hosts are in `test_many_hosts.py`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import RunningPostgres, running_postgres
from tests.processes.running_desk import RunningDesk, running_desk
from tests.processes.test_crashes import (  # noqa: F401 - they are played here too
    test_killed_worker_when_the_order_landed_then_another_adopts_it,
)
from tests.processes.test_orders import (  # noqa: F401 - they are played here too
    test_cancel_all_when_two_rest_then_both_end,
    test_limit_order_when_it_rests_then_report_is_new_and_it_can_be_canceled,
    test_lost_answer_when_the_order_landed_then_it_is_found_not_resent,
    test_market_order_when_it_fills_then_report_has_real_fills,
    test_portfolio_and_reconciliation_when_asked_then_they_report,
    test_refused_order_when_above_the_desks_limit_then_report_names_the_rule,
    test_same_key_when_called_twice_then_one_order_and_one_result,
    test_same_key_when_the_order_differs_then_conflict_and_the_first_stands,
)

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def postgres() -> Iterator[RunningPostgres]:
    """A server that keeps what it acknowledges."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def desk(
    postgres: RunningPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDesk]:
    """A desk with one worker for every queue, and beat; its ledger in PostgreSQL."""
    home = tmp_path_factory.mktemp("a desk")
    with running_desk(home, DATABASE_URL=postgres.create("shared")) as running:
        running.start_worker("all")
        running.start_beat()
        yield running


@pytest.fixture
def own_desk(postgres: RunningPostgres, tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk of the test's own, with no worker yet."""
    url = postgres.create(f"own_{tmp_path.name}"[:60])
    with running_desk(tmp_path / "own desk", DATABASE_URL=url) as running:
        yield running
