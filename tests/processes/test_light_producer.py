"""The light producer: the wheel with celery, redis and pydantic alone places through a desk."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.processes.light_environment import light_environment
from tests.processes.running_desk import RunningDesk

pytestmark = pytest.mark.processes

HEAVY = ("aiohttp", "alembic", "flower", "prometheus_client", "requests", "rich", "sqlalchemy")

PRODUCER = """
import importlib.util, json
from orderdesk.client import cancel_order, place_order, poll_order_status

order = dict(symbol="BTCUSDT", side="BUY", type="LIMIT", quantity="0.001", price="50000")
placed = place_order.delay(**order, idempotency_key="light-1").get(timeout=60)
again = place_order.delay(**order, idempotency_key="light-1").get(timeout=60)
polled = poll_order_status.delay(order="light-1").get(timeout=60)
cancelled = cancel_order.delay(order="light-1").get(timeout=60)
try:
    place_order.delay(**{**order, "quantity": "-1"})
except ValueError as error:
    refused = str(error)
there = [name for name in HEAVY if importlib.util.find_spec(name)]
found = [report["status"] for report in (placed, again, polled, cancelled)]
ids = {report["order_id"] for report in (placed, again, polled, cancelled)}
print(json.dumps([found, len(ids), refused, there, importlib.util.find_spec("tasks") is None]))
"""


@pytest.fixture(scope="module")
def light_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and its lock."""
    return light_environment(tmp_path_factory.mktemp("a light one"))


def test_producer_when_its_environment_is_light_then_it_orders_through_a_running_desk(
    desk: RunningDesk, light_python: Path, tmp_path: Path
) -> None:
    """Place, repeat, ask, cancel, and an error with its field; nothing of the worker is there."""
    environ = {"REDIS_URL": desk.redis.url, "PATH": "/usr/bin:/bin"}
    found, ids, refused, there, no_tasks = _run(
        light_python, f"HEAVY = {HEAVY}\n{PRODUCER}", folder=tmp_path, environ=environ
    )
    assert found == ["NEW", "NEW", "NEW", "CANCELED"]
    assert ids == 1
    assert "quantity" in refused
    assert there == []
    assert no_tasks
    intent = desk.intent("light-1")
    assert intent is not None
    assert len(desk.orders_of(intent.client_order_id)) == 1


def test_client_when_it_is_imported_then_next_to_nothing_comes_with_it(
    light_python: Path, tmp_path: Path
) -> None:
    """Its cost is told in modules, which no busy machine can change; ms: make bench-import."""
    code = (
        "import json, sys, celery; before = set(sys.modules)\n"
        "import orderdesk.client\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    more = _run(light_python, code, folder=tmp_path, environ={})
    assert [name for name in more if not name.startswith("orderdesk")] == []
    assert len(more) < 10


def _run(python: Path, code: str, *, folder: Path, environ: dict[str, str]) -> Any:
    """Run code away from the checkout, isolated from everything the user has lying around."""
    run = subprocess.run(
        [python, "-I", "-c", code], cwd=folder, env=environ, capture_output=True, text=True,
        timeout=200, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
