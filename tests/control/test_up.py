"""The whole desk, as `make run` starts it: seen from outside, like a stranger would."""

import base64
import json
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.control.running_up import CHECKOUT, RunningUp, processes_of, running_up

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc"),
]


def test_up_when_it_is_started_then_it_shows_orders_and_leaves_nothing(tmp_path: Path) -> None:
    """Start, samples, the next order, a second desk refused, Ctrl-C: and nothing is left."""
    home = tmp_path / "a home"
    with running_up(home) as up:
        said = up.until("Ctrl-C stops everything.")
        _check_samples(said)
        _check_flower(up)
        _check_http(up)
        _check_next_order(said)
        assert up.again("status").returncode == 0
        second = up.again("up")
        assert (second.returncode, f"process {up.process.pid}" in second.stderr) == (2, True)
        assert len(processes_of(home)) > 5
        assert up.end(signal.SIGINT) == 0
    assert processes_of(home) == []

    # When it is started again, then it goes on with what it had
    with running_up(home, "--no-samples") as up:
        assert "Going on with" in up.until("Ctrl-C stops everything.")
        assert "5 orders since" in up.said
        # A second Ctrl-C does not wait for anybody.
        assert up.end(signal.SIGINT, signal.SIGINT) == 0
    assert processes_of(home) == []


def _check_samples(said: str) -> None:
    """Four orders, each with what came of it."""
    table = said.partition("Four orders")[2].partition("Times count")[0]
    rows = {title: _row(table, title) for title in _TITLES}
    assert "FILLED" in rows["fills at once"]
    assert "bps" in rows["fills at once"]
    assert "USDT" in rows["fills at once"]
    assert "CANCELED" in rows["rests, is cancelled"]
    assert "DENIED" in rows["is refused"]
    assert "RISK_MAX_NOTIONAL" in table
    assert "FILLED" in rows["loses its answer"]
    assert "It was sent once." in said


def _row(table: str, title: str) -> str:
    return next(line for line in table.splitlines() if line.strip().startswith(title))


_TITLES = ("fills at once", "rests, is cancelled", "is refused", "loses its answer")


def _check_flower(up: RunningUp) -> None:
    """Flower shows the workers to those who know the password, and to nobody else."""
    url, user, password = up.flower
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(url):
        pass
    assert refused.value.code == 401
    refused.value.close()
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {basic}"})
    with urllib.request.urlopen(request) as page:
        text = page.read().decode()
    assert "placing@" in text
    assert password not in "\n".join(processes_of(Path(up.environ["ORDERDESK_HOME"])))


def _check_http(up: RunningUp) -> None:
    """The HTTP side shows the samples to who has the home's token, which is in no log."""
    port, home = up.environ["ORDERDESK_HTTP_PORT"], Path(up.environ["ORDERDESK_HOME"])
    token = (home / "http.token").read_text().strip()
    url = f"http://127.0.0.1:{port}"
    assert f"{url}/" in up.said
    assert token not in up.said
    request = urllib.request.Request(
        f"{url}/orders?limit=9", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as answer:
        orders = json.loads(answer.read())["orders"]
    assert len(orders) >= 4
    for log in (home / "log").iterdir():
        assert token not in log.read_text(errors="replace"), log.name


def _check_next_order(said: str) -> None:
    """The printed lines, pasted into another terminal in the checkout, place an order."""
    lines = said.partition("from another terminal in this folder:\n")[2].splitlines()[:4]
    command, *python = [line.strip() for line in lines]
    pasted = subprocess.run(
        f"{command} -i", shell=True, cwd=CHECKOUT, input="\n".join([*python, ""]),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "'status': 'FILLED'" in pasted.stdout, pasted.stderr
