"""A desk with threads, recycled children and beat, scraped by a real Prometheus."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from orderdesk.core.queues import ACCOUNT, QUEUES
from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk
from tests.processes.running_prometheus import RunningPrometheus, free_port, running_prometheus

pytestmark = [pytest.mark.processes, pytest.mark.needs_program("prometheus")]

DASHBOARDS = sorted((CHECKOUT / "ops" / "grafana" / "dashboards").glob("*.json"))
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001"}
RETRIES = 'orderdesk_task_seconds_count{task="poll_order_status",outcome="retry"}'
POLLS = 6
PATIENCE_S = 120
"""Forked children are slow to come where many compete for the processor."""

# Celery 5.7 takes the word `prefork` for "not said" and looks into the configuration then.
FORKED = ("-P", "processes", "-c", "2", "--max-tasks-per-child", "2")

S1_NAME = (
    "execution_open_positions_count non-histogram and non-summary metrics should not have "
    '"_count" suffix\n'
)


@dataclass(frozen=True)
class Scraped:
    """A desk, and the Prometheus that scrapes it."""

    desk: RunningDesk
    prometheus: RunningPrometheus
    since_s: float
    """When the day of this desk began; panels draw it from there."""


@contextmanager
def serving(desk: RunningDesk, port: int) -> Iterator[None]:
    """Run `orderdesk metrics` beside the desk."""
    environ = {**desk.environ, "ORDERDESK_METRICS_PORT": str(port)}
    with (desk.home / "metrics.log").open("wb") as log:
        words = [sys.executable, "-m", "orderdesk", "metrics"]
        with subprocess.Popen(words, cwd=CHECKOUT, env=environ, stdout=log, stderr=log) as process:
            try:
                yield
            finally:
                process.terminate()


@contextmanager
def halted(desk: RunningDesk, name: str) -> Iterator[None]:
    """Let a process stand still: alive, and publishing nothing."""
    process = desk.workers[name]
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    """Orders placed, polled by forked children, refused, and one whose answer was lost."""
    home, port = tmp_path_factory.mktemp("a scraped desk"), free_port()
    with (
        running_desk(home, RISK_PRICE_MAX_AGE_MS="none") as desk,
        serving(desk, port),
        running_prometheus(home / "prometheus", target=f"127.0.0.1:{port}") as prometheus,
    ):
        desk.start_worker("threads", queues=tuple(q for q in QUEUES if q != ACCOUNT))
        desk.start_worker("forked", queues=(ACCOUNT,), options=FORKED)
        desk.start_beat()
        yield Scraped(desk, prometheus, time.time())
        # Celery's forked children take long to end politely, and nothing here is worth waiting for.
        os.killpg(desk.workers["forked"].pid, signal.SIGKILL)


def test_counts_when_children_are_recycled_then_prometheus_has_every_one(scraped: Scraped) -> None:
    """Prefork: no child has seen more than two of the polls, and most of them are dead."""
    desk, prometheus = scraped.desk, scraped.prometheus
    placed = desk.call("place_order").delay(**ORDER, price="40000", idempotency_key="rests")
    report = placed.get(timeout=PATIENCE_S)
    assert report["status"] == "NEW", report
    polls = [desk.call("poll_order_status").delay(order="rests") for _ in range(POLLS)]
    assert {poll.get(timeout=PATIENCE_S)["status"] for poll in polls} == {"NEW"}
    count = 'orderdesk_task_seconds_count{task="poll_order_status",outcome="done"}'
    prometheus.until(count, POLLS)
    children = prometheus.number('orderdesk_process_starts_total{kind="child"}')
    assert children is not None
    assert children >= POLLS / 2
    prometheus.until('orderdesk_processes{kind="beat"}', 1)
    with halted(desk, "beat"):
        # Its jobs wear children out as fast as Celery makes new ones (it looks every 5 s).
        prometheus.until('orderdesk_processes{kind="child"}', 2)
    prometheus.until('orderdesk_processes{kind="worker"}', 2)


def test_counts_when_a_worker_is_killed_then_none_falls(scraped: Scraped) -> None:
    """A sum that falls is taken for a restart, and all of it for an increase."""
    desk, prometheus = scraped.desk, scraped.prometheus
    desk.kill("threads")
    prometheus.until('orderdesk_processes{kind="worker"}', 1)
    desk.start_worker("threads", queues=tuple(q for q in QUEUES if q != ACCOUNT))
    prometheus.until('orderdesk_processes{kind="worker"}', 2)
    prometheus.until('orderdesk_process_starts_total{kind="worker"}', 3)
    assert prometheus.number("max(resets(orderdesk_events_total[5m]))") == 0
    assert prometheus.number("max(resets(orderdesk_task_seconds_count[5m]))") == 0


def test_figures_when_an_order_rests_then_the_ledgers_and_redis_are_told(scraped: Scraped) -> None:
    """What no process counts: read from the stores at each scrape."""
    desk, prometheus = scraped.desk, scraped.prometheus
    no = desk.call("place_order").delay(**{**ORDER, "quantity": "1"}, price="40000")
    assert no.get(timeout=PATIENCE_S)["status"] == "DENIED"
    prometheus.until('orderdesk_orders{status="NEW"}', 1)
    prometheus.until('orderdesk_queue_messages{queue="placing"}', 0)
    prometheus.until("execution_total_exposure_usd", 40)
    prometheus.until('execution_orders_placed_total{status="DENIED"}', 1)
    prometheus.until("sum(orderdesk_part_up)", 2)


@pytest.mark.needs_program("promtool")
def test_text_when_promtool_reads_it_then_it_has_nothing_to_say(scraped: Scraped) -> None:
    """Names, types and help as Prometheus wants them; the user's names stay as they are."""
    target = scraped.prometheus.series("up")[0]["metric"]["instance"]
    with urllib.request.urlopen(f"http://{target}/", timeout=10) as page:
        text = page.read()
    said = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, check=False
    )
    assert said.stderr.decode() == S1_NAME


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_panel_when_its_query_is_asked_then_it_is_not_empty(scraped: Scraped, file: Path) -> None:
    """Every query of every panel, against what this very desk has done."""
    _busy(scraped)
    for panel in json.loads(file.read_text())["panels"]:
        for target in panel["targets"]:
            query = target["expr"].replace("$__rate_interval", "1m")
            # Over the whole day, as a panel draws it: its last minute may be a quiet one.
            scraped.prometheus.until_drawn(query, panel["title"], since_s=scraped.since_s)


def _busy(scraped: Scraped) -> None:
    """Have done all that panels show: fills, lost answers, a retry, a kill."""
    desk, prometheus = scraped.desk, scraped.prometheus
    if prometheus.number("orderdesk_kill_switch"):
        return
    for number in range(2):
        # Each a scrape after the other: a rate wants two different counts.
        desk.door.lose_next_answer()
        lost = desk.call("place_order").delay(**ORDER, price="40000", idempotency_key=f"l{number}")
        assert lost.get(timeout=PATIENCE_S)["status"] == "NEW"
        prometheus.until('orderdesk_fence_seconds_count{end="found"}', number + 1)
        filled = desk.call("place_order").delay(**{**ORDER, "type": "MARKET"})
        assert filled.get(timeout=PATIENCE_S)["status"] == "FILLED"
        prometheus.until('execution_orders_placed_total{status="FILLED"}', number + 1)
    # It comes again and again, as the order rests until the kill.
    desk.call("poll_order_status").delay(order="l0", until="closed")
    prometheus.until_drawn(f"rate({RETRIES}[5m]) > 0", "retries", since_s=scraped.since_s)
    killed = desk.call("kill_switch").delay(reason="the end of the day", by="a test")
    assert killed.get(timeout=PATIENCE_S)["engaged"]
    prometheus.until("orderdesk_kill_switch", 1)
