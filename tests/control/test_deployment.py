"""The Procfile and the compose file say the same, and together they serve every queue."""

import shlex
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # no stubs are locked for this one test

from orderdesk.control.cli import COMMANDS
from orderdesk.control.running.procfile import Process, parse
from orderdesk.core.queues import QUEUES

CHECKOUT = Path(__file__).resolve().parents[2]
PROCESSES = {process.name: process for process in parse((CHECKOUT / "Procfile").read_text())}
SERVICES: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
OWN = ("redis", "loopback")
"""Services that are no process of ours: the stock Redis, and the network they share."""


def _words(name: str) -> tuple[str, ...]:
    return tuple(shlex.split(SERVICES[name]["command"]))


def test_procfile_when_queues_are_counted_then_each_has_one_kind_of_worker() -> None:
    """A queue that nobody serves loses its work; one that two kinds serve mixes their pace."""
    served = [queue for process in PROCESSES.values() for queue in process.queues]
    assert sorted(served) == sorted(QUEUES)


def test_procfile_when_a_worker_is_named_then_by_its_line() -> None:
    """A worker's node name begins with its process' name: so it is found in Flower and logs."""
    workers = [process for process in PROCESSES.values() if process.is_worker]
    named = [process.words[process.words.index("-n") + 1] for process in workers]
    assert named == [f"{process.name}@%h" for process in workers]


def test_procfile_when_it_runs_a_command_of_ours_then_there_is_one() -> None:
    """`python -m orderdesk X` names a command that the command line knows."""
    ours = [p.words[3] for p in PROCESSES.values() if p.words[:3] == ("python", "-m", "orderdesk")]
    assert ours
    assert set(ours) <= set(COMMANDS)


def test_compose_when_its_services_are_read_then_they_run_the_procfile() -> None:
    """Both ways of running a desk run the same words; only Flower listens for its publisher."""
    commands = {name: _words(name) for name in SERVICES if name not in OWN}
    expected = {name: p.words for name, p in PROCESSES.items() if name != "redis"}
    expected["flower"] = (*expected["flower"], "--address", "0.0.0.0")
    assert commands == expected


def test_compose_when_a_service_dies_then_it_is_restarted() -> None:
    """A Celery worker exits when Redis goes away under it: whatever runs it must restart it."""
    assert {name for name, service in SERVICES.items() if service["restart"] != "always"} == set()


def test_compose_when_redis_runs_then_what_it_acknowledged_is_on_disk() -> None:
    """Accepted means kept, in a container too."""
    words = SERVICES["redis"]["command"]
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--maxmemory-policy"] == "noeviction"


def test_compose_when_ports_are_published_then_on_loopback_only() -> None:
    """Nothing of the desk is reachable from another host."""
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_process_when_it_is_given_other_words_then_the_comparison_can_fail() -> None:
    """The comparison above is of words, not of names."""
    assert Process("a", ("x",)) != Process("a", ("y",))
