"""One PostgreSQL, one Redis, workers on several hosts: every order once, whoever dies."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery.result import AsyncResult

from orderdesk.settings import Settings
from orderdesk.stores.redis_door import Keys, connect
from tests.postgres import RunningPostgres, running_postgres
from tests.processes import hosts
from tests.processes.running_desk import RunningDesk, running_desk

pytestmark = pytest.mark.processes

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.0002",
    "price": "50000",
    "valid_for_ms": 600_000,
}
WAIT_S = 300
CLOCKS_APART_S = 5_000
"""Far more than MEXC would forgive: whoever took another host's offset would send nothing."""


@dataclass
class ManyHosts:
    """A desk on one PostgreSQL, whose workers live on hosts of their own where that can be."""

    desk: RunningDesk
    postgres: RunningPostgres
    wires: Path | None
    ports: list[int]

    def start(self, *numbers: int) -> None:
        """Start a worker on each of some hosts, and wait until all are at work."""
        logs = [self.desk.home / f"{self._started(number)}.log" for number in numbers]
        self.desk.until(lambda: all("ready." in log.read_text() for log in logs), within_s=WAIT_S)

    def _started(self, number: int) -> str:
        name = f"host-{number}"
        within: list[str] = []
        if self.wires is not None:
            ahead_s = number * CLOCKS_APART_S
            within = hosts.words_of(name, self.wires, self.ports, clock_ahead_s=ahead_s)
        self.desk.start_worker(name, within=within)
        return name

    def place(self, name: str, how_many: int) -> dict[str, AsyncResult]:
        """Place orders without waiting for them."""
        keys = [f"{name}-{number}" for number in range(how_many)]
        call = self.desk.call("place_order")
        return {key: call.delay(**ORDER, idempotency_key=key) for key in keys}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManyHosts]:
    """Run what the hosts share."""
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        home = tmp_path_factory.mktemp("many hosts")
        shared = {"DATABASE_URL": postgres.create("ledger"), "ORDERDESK_WORKERS": "4"}
        # On a busy machine prices grow old; an order denied for that would prove nothing here.
        shared |= {"RISK_PRICE_MAX_AGE_MS": "none", "RISK_PRICE_COLLAR_PCT": "none"}
        desk = stack.enter_context(running_desk(home, **shared))
        urls = (desk.redis.url, desk.simulator.base_url)
        ports = [postgres.port, *(urlsplit(url).port or 0 for url in urls)]
        wires = None
        if hosts.can_be_made():
            wires = stack.enter_context(hosts.wires_to(home / "wires", ports))
        yield ManyHosts(desk, postgres, wires, ports)
        # Nobody asks how they end: four that finish their work one by one take their time.
        for name in list(desk.workers):
            desk.kill(name)


def test_orders_when_workers_come_and_two_are_killed_then_each_is_there_once(
    many: ManyHosts,
) -> None:
    """One host, then two, then four; two of them are killed with orders under way."""
    desk = many.desk
    # Given one host, then two
    many.start(1)
    placed = many.place("one", 4)
    placed["one-3"].get(timeout=WAIT_S)
    many.start(2)
    desk.start_beat()
    placed |= many.place("two", 8)
    placed["two-7"].get(timeout=WAIT_S)
    # When there are four, and two of them die while the exchange holds answers back
    many.start(3, 4)
    desk.door.fault("hang", count=4, method="POST", path="/api/v3/order", ms=8_000)
    placed |= many.place("four", 24)
    desk.until(lambda: len(desk.door.state()["orders"]) >= len(placed) - 20, within_s=WAIT_S)
    desk.kill("host-1")
    desk.kill("host-2")
    # Then
    reports = {key: result.get(timeout=WAIT_S) for key, result in placed.items()}
    assert {report["status"] for report in reports.values()} == {"NEW"}
    orders = [order["clientOrderId"] for order in desk.door.state()["orders"]]
    assert sorted(orders) == sorted(one["client_order_id"] for one in reports.values())


def test_clock_when_hosts_have_their_own_then_each_keeps_an_offset_of_its_own(
    many: ManyHosts,
) -> None:
    """Offsets are shared by the processes of one host; another host's clock says another time."""
    if many.wires is None:
        pytest.skip("this machine makes no namespaces")
    desk = many.desk
    redis = connect(desk.redis.url)
    pattern = Keys(Settings.from_environment(desk.environ).desk_id).offset("host-*")
    found = {}
    for key in redis.scan_iter(pattern):
        text = str(key)
        [shared] = redis.zrange(text, 0, -1)
        found[text.partition("host-")[2][0]] = json.loads(str(shared))[0]
    assert len(found) == 4
    apart = [found["1"] - found[number] for number in "234"]
    expected = [n * CLOCKS_APART_S * 1_000 for n in (1, 2, 3)]
    assert all(abs(one - other) < 1_000 for one, other in zip(apart, expected, strict=True))


def test_second_desk_when_it_has_another_database_then_it_does_not_start_and_says_why(
    many: ManyHosts,
) -> None:
    """Two ledgers must not share one Redis, whichever database they are in."""
    desk = many.desk
    desk.environ = {**desk.environ, "DATABASE_URL": many.postgres.create("another")}
    desk.start_worker("second")
    process = desk.workers.pop("second")
    assert process.wait(WAIT_S) != 0
    said = (desk.home / "second.log").read_text()
    assert "this Redis belongs to ledger" in said
    assert "hunter" not in said
