"""Laws of a simulator in a process of its own, kills included."""

import json
import resource
from pathlib import Path

import pytest

from orderdesk.simulator.running import NotStarted, RunningSimulator, running_simulator
from tests.simulator.floor import Trader, eventually

pytestmark = pytest.mark.processes


def test_running_when_it_is_killed_then_every_answered_order_is_there_again(
    tmp_path: Path,
) -> None:
    """Kill -9 loses nothing that was answered; port and prices stay."""
    with running_simulator(home=tmp_path) as simulator:
        trader, pid = Trader(simulator.port), simulator.pid
        placed = [trader.rest(f"k-{number}")["orderId"] for number in range(5)]
        simulator.door.set_price("BTCUSDT", "59500.5")
        simulator.kill()
        assert simulator.pid is None
        simulator.restart()
        assert simulator.pid != pid
        found = [trader.find(f"k-{number}")["orderId"] for number in range(5)]
        assert found == placed
        assert simulator.door.state()["prices"]["BTCUSDT"] == "59500.5"
        assert trader.rest("k-5")["orderId"] not in placed


def test_running_when_it_is_stopped_while_a_call_hangs_then_it_ends_soon(tmp_path: Path) -> None:
    """SIGTERM ends it cleanly, and the home is free for the next."""
    with running_simulator(home=tmp_path) as simulator:
        with pytest.raises(TimeoutError):
            Trader(simulator.port, timeout_s=0.05).rest("t", fault="hang;ms=60000")
        # A busy machine may look at the order only after the client has gone.
        assert eventually(lambda: simulator.door.state()["order_count"] == 1)
        simulator.restart()
        assert Trader(simulator.port).find("t")["status"] == "NEW"


def test_running_when_the_port_is_taken_then_it_does_not_start(
    running: RunningSimulator, capfd: pytest.CaptureFixture[str]
) -> None:
    """A second one on the same port says which port, and what to do; exit code 2."""
    with pytest.raises(NotStarted) as raised:
        RunningSimulator(port=running.port).start()
    assert raised.value.args == (2,)
    complaint = capfd.readouterr().err
    assert complaint.count("\n") == 1
    assert str(running.port) in complaint
    assert "--port" in complaint


def test_running_when_the_disk_is_full_then_it_stops_before_anybody_hears_a_yes(
    tmp_path: Path,
) -> None:
    """An order that could not be written down is not answered, and gone after the restart."""
    with running_simulator(home=tmp_path) as simulator:
        trader = Trader(simulator.port)
        trader.rest("disk-1")
        # A line that is cut after 10 bytes, as on a disk that has no more.
        full = (tmp_path / "journal.jsonl").stat().st_size + 10
        assert simulator.pid is not None
        resource.prlimit(simulator.pid, resource.RLIMIT_FSIZE, (full, full))
        with pytest.raises(ConnectionResetError):
            trader.rest("disk-2")
        simulator.restart()
        assert trader.find("disk-1")["status"] == "NEW"
        assert trader.find("disk-2")["code"] == -2013


def test_running_when_options_are_given_then_they_are_those_of_its_command_line(
    tmp_path: Path,
) -> None:
    """Another trader and a plan of faults, from the first request on."""
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"seed": 5, "faults": [{"kind": "hang", "share": 0.1, "ms": 1}]}))
    options = ("--account", "other=other-key:other-secret", "--faults", str(plan))
    with running_simulator(options=options) as simulator:
        assert [row["account"] for row in simulator.door.accounts()] == ["other", "paper"]
        balances = simulator.door.state()["balances"]
        assert balances["other"] == balances["paper"]
        simulator.door.plan_faults(6, {"kind": "lose_answer", "share": 0})
        simulator.door.deposit("other", "BTC", "-0.5")
        assert simulator.door.state()["balances"]["other"]["BTC"]["free"] == "0"
