"""Laws of the fixture that the wheel ships: somebody else's tests find it, and nothing else."""

import json
import re
import subprocess
import urllib.request
from pathlib import Path

import pytest

from orderdesk.simulator.running import RunningSimulator
from tests.processes.light_environment import light_environment, link_into

pytestmark = pytest.mark.processes

_PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
_AIOHTTP = (
    "aiohttp", "aiohappyeyeballs", "aiosignal", "attrs", "frozenlist", "multidict", "propcache",
    "yarl", "idna", "typing_extensions",
)  # fmt: skip

_STRATEGY = """
import hashlib, hmac, json, time, urllib.request
import pytest


def buy(simulator, **order):
    stamp = {"recvWindow": 60000, "timestamp": time.time_ns() // 1_000_000}
    query = "&".join(f"{name}={value}" for name, value in (order | stamp).items())
    secret = simulator.api_secret.encode()
    signature = hmac.new(secret, query.encode(), hashlib.sha256).hexdigest()
    request = urllib.request.Request(
        f"{simulator.base_url}/api/v3/order?{query}&signature={signature}",
        method="POST",
        headers={"X-MEXC-APIKEY": simulator.api_key, "Content-Type": "application/json"},
    )
    return json.load(urllib.request.urlopen(request))


ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001"}


def test_dip_when_the_price_falls_then_it_is_bought(mexc_simulator):
    order = buy(mexc_simulator, **ORDER, price="55000")
    mexc_simulator.door.set_price("BTCUSDT", "54000")
    [found] = mexc_simulator.door.state()["orders"]
    assert (found["orderId"], found["status"]) == (order["orderId"], "FILLED")


@pytest.mark.mexc_simulator(options=["--dedupe-client-ids"])
def test_marker_when_it_names_options_then_they_hold(mexc_simulator):
    assert mexc_simulator.door.state()["order_count"] == 0
    for _ in range(2):
        buy(mexc_simulator, **ORDER, price="55000", newClientOrderId="same")
    assert mexc_simulator.door.state()["order_count"] == 1


def test_shared_when_two_tests_use_it_then_it_is_one(shared_mexc_simulator):
    assert shared_mexc_simulator.pid
"""


@pytest.fixture(scope="module")
def their_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel, its lock and pytest; no aiohttp yet."""
    return light_environment(tmp_path_factory.mktemp("theirs"), also=_PYTEST)


def _run(python: Path, folder: Path) -> str:
    run = subprocess.run(
        [python, "-I", "-m", "pytest", "-q", "--strict-markers", "-W", "error"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return run.stdout + run.stderr


def _outcomes(told: str) -> dict[str, int]:
    pairs = re.findall(r"(\d+) (passed|failed|errors?)", told.splitlines()[-1])
    return {word.rstrip("s"): int(number) for number, word in pairs}


def test_plugin_when_the_wheel_is_installed_then_its_fixtures_are_found(
    their_python: Path, tmp_path: Path
) -> None:
    """Without aiohttp other tests run as ever, and a fixture says what to install."""
    (tmp_path / "test_other.py").write_text("def test_other():\n    pass\n")
    (tmp_path / "test_strategy.py").write_text(_STRATEGY)
    without = _run(their_python, tmp_path)
    assert _outcomes(without) == {"passed": 1, "error": 3}, without
    assert "pip install orderdesk[simulator]" in without
    link_into(their_python, _AIOHTTP)
    told = _run(their_python, tmp_path)
    assert _outcomes(told) == {"passed": 4}, told


def test_plugin_when_pytest_loads_it_then_nothing_of_the_simulator_comes_with_it(
    their_python: Path,
) -> None:
    """Whoever has the wheel for its client pays no import for a fixture they do not use."""
    code = (
        "import json, sys, pytest, orderdesk; before = set(sys.modules);"
        "import orderdesk.pytest_plugin;"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    run = subprocess.run(
        [their_python, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(run.stdout) == ["orderdesk.pytest_plugin"]


@pytest.mark.mexc_simulator(walk_ms=1)
def test_fixture_when_our_own_tests_ask_for_it_then_it_is_there_too(
    mexc_simulator: RunningSimulator,
) -> None:
    """Every checkout is an installation."""
    with urllib.request.urlopen(f"{mexc_simulator.base_url}/api/v3/time") as answer:
        assert json.load(answer)["serverTime"]
