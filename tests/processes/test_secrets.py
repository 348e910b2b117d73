"""Nothing secret stands anywhere after a full run: the outputs of real processes, all of them."""

import base64
import json
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orderdesk.stores.redis_door import connect
from tests.processes.http_side import HttpSide, start_http
from tests.processes.recording_wire import RecordingWire, recording_wire
from tests.processes.running_desk import CHECKOUT, RunningDesk, running_desk
from tests.processes.running_prometheus import free_port
from tests.processes.test_flower import WORD, Flower, pages_of, protect, start_flower

pytestmark = pytest.mark.processes

KEY, SECRET = "mx0planted-key-7Q2x", "planted-secret/9f%3+Zz"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
WAIT_S = 60


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[RunningDesk, RecordingWire, str]]:
    """A desk that has done everything once, well and badly, as loud as it can be."""
    home = tmp_path_factory.mktemp("a loud desk")
    with (
        running_desk(home, LOG_LEVEL="DEBUG") as desk,
        recording_wire(desk.simulator.base_url) as wire,
    ):
        desk.door.open_account("planted", KEY, SECRET)
        protect(desk)
        counted = {"ORDERDESK_METRICS_PORT": str(free_port())}
        keys = {"MEXC_API_KEY": KEY, "MEXC_API_SECRET": SECRET, "MEXC_BASE_URL": wire.url}
        desk.environ = {**desk.environ, **keys, **counted}
        flower, http = start_flower(desk), start_http(desk)
        desk.start_worker("all")
        desk.start_beat()
        yield desk, wire, _everything(desk, flower, http)


def _everything(desk: RunningDesk, flower: Flower, http: HttpSide) -> str:
    """Do what a desk does, then return all that it told anybody."""
    desk.door.fault("status", count=1, status=502, when="before", path="/api/v3/account")
    placed = desk.call("place_order").delay(**ORDER, idempotency_key="s-1", trace_id="trace-s-1")
    placed.get(timeout=WAIT_S)
    desk.door.lose_next_answer()
    desk.call("place_order").delay(**ORDER, idempotency_key="s-2").get(timeout=WAIT_S)
    desk.call("cancel_order").delay("s-1").get(timeout=WAIT_S)
    desk.call("sync_portfolio").delay().get(timeout=WAIT_S)
    foreign = {**ORDER, "quantity": "-1"}
    bad = desk.producer.app.send_task("place_order", kwargs=foreign, queue="placing")
    with pytest.raises(Exception, match="quantity"):
        bad.get(timeout=WAIT_S)
    desk.until(lambda: list(desk.ledger.dead_letters()))
    said = _commands(desk)
    shown = [flower.get(path)[1] for path in pages_of(placed.id)]
    shown += [json.dumps(http.call("GET", path).body) for path in ROUTES]
    shown.append(_metrics(http))
    return "\n".join([*said, *shown, *_files(desk.home), *_redis(desk.environ["REDIS_URL"])])


def _metrics(http: HttpSide) -> str:
    """What Prometheus would be told."""
    headers = {"Authorization": f"Bearer {http.token}"}
    request = urllib.request.Request(f"{http.url}/metrics/prom", headers=headers)
    with urllib.request.urlopen(request, timeout=WAIT_S) as page:
        return str(page.read().decode())


COMMANDS = (
    ("settings", "--json"), ("status",), ("explain", "s-2", "--json"), ("dead", "show", "1"),
    ("reconcile", "--json"), ("audit", "verify"),
)  # fmt: skip


ROUTES = (
    "/orders", "/orders/s-2", "/orders/unknown", "/portfolio", "/exchange/balance", "/live/status",
    "/dead-letters", "/dead-letters/1", "/caps", "/limits", "/processes", "/openapi.json",
)  # fmt: skip


def _commands(desk: RunningDesk) -> list[str]:
    """What commands say, all of them run at once."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "orderdesk", *words], cwd=CHECKOUT, env=dict(desk.environ),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for words in COMMANDS
    ]  # fmt: skip
    said = [process.communicate(timeout=WAIT_S)[0] for process in running]
    assert not [text for text in said if "Traceback (most" in text and "orderdesk/control" in text]
    return said


KEPT = ("flower.password", "http.token")


def _files(home: Path) -> Iterator[str]:
    """Every file of the home: logs, ledger, audit trail, Redis' own files, and what runs left."""
    for path in home.rglob("*"):
        # The simulator is the exchange; and what is a secret itself is not told but kept.
        if path.is_file() and "simulator" not in path.parts and path.name not in KEPT:
            yield path.read_bytes().decode("latin-1")


def _redis(url: str) -> Iterator[str]:
    """Every key, of every kind: queues, results, streams, caches."""
    client: Any = connect(url)
    readers: dict[str, Callable[[str], Any]] = {
        "string": client.get, "list": lambda k: client.lrange(k, 0, -1), "hash": client.hgetall,
        "set": client.smembers, "zset": lambda k: client.zrange(k, 0, -1, withscores=True),
        "stream": client.xrange,
    }  # fmt: skip
    for key in client.scan_iter():
        kind = client.type(key)
        if kind != "none":  # it has expired since it was listed
            yield json.dumps([key, readers[kind](key)], default=str)


def _forms(secret: str) -> set[str]:
    """A secret in the clothes it may come in."""
    return {
        secret, urllib.parse.quote(secret), urllib.parse.quote(secret, safe=""),
        json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode(),
    }  # fmt: skip


def test_outputs_when_a_desk_has_done_everything_then_nothing_secret_stands_in_them(
    run: Any,
) -> None:
    """Not the key, its secret or the password of Redis, and no signature that was ever sent."""
    desk, wire, everything = run
    # A search that could not find them proves nothing: they did go over the wire, and the rest is
    # what was told.
    assert wire.found(rb"(?i)x-mexc-apikey: (\S+)") == {KEY}
    signatures = wire.found(rb"signature=([0-9a-f]{64})")
    assert len(signatures) > 10
    for told in ("s-1", "s-2", "ORDER_NEW", "place_order", "POST /api/v3/order", "# TYPE "):
        assert told in everything
    kept = [(desk.home / name).read_text().strip() for name in KEPT]
    secrets = {form for text in (KEY, SECRET, WORD, *kept) for form in _forms(text)} | signatures
    assert [secret for secret in secrets if secret in everything] == []


def test_logs_when_an_order_has_a_trace_then_it_leads_from_the_task_to_the_exchange(
    run: Any,
) -> None:
    """One search shows an order's events, its request and what Celery said of its task."""
    desk, _, _ = run
    log = (desk.home / "all.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    traced = [line for line in lines if line.get("trace_id") == "trace-s-1"]
    assert {line["logger"] for line in traced} >= {"orderdesk.events", "orderdesk.exchanges.http"}
    assert any(
        line["message"].startswith("POST /api/v3/order: was answered 200") for line in traced
    )
    assert "place_order" in {line.get("task") for line in traced}
    assert [line for line in log.splitlines() if line and not line.startswith("{")] == []
