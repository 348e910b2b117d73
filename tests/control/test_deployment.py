"""The Procfile and the compose file say the same, and together they serve every queue.

No container is run here: schema and Dockerfile are held against their own linters.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # no stubs are locked for this one test

from orderdesk.control.cli import COMMANDS
from orderdesk.control.running.procfile import Process, parse
from orderdesk.core.queues import QUEUES
from orderdesk.settings import Settings
from orderdesk.stores.ledger_sql.ledger import LedgerSql
from tests.postgres import running_postgres

CHECKOUT = Path(__file__).resolve().parents[2]
PROCESSES = {process.name: process for process in parse((CHECKOUT / "Procfile").read_text())}
COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
STORES = ("redis", "postgres")
OWN = (*STORES, "prometheus", "grafana")
"""Services that are no process of ours, from their own images."""

LISTENING = {
    "flower": ("--address", "0.0.0.0"),
    "http": ("--address", "0.0.0.0"),
    "metrics": ("--address", "0.0.0.0"),
    "simulator": ("--host", "0.0.0.0"),
}
"""Who has neighbours to listen to: inside a container only every address reaches them."""


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
    """Both ways of running a desk run the same words; two more words where neighbours call."""
    commands = {name: _words(name) for name in SERVICES if name not in OWN}
    expected = {
        name: (*process.words, *LISTENING.get(name, ()))
        for name, process in PROCESSES.items()
        if name != "redis"
    }
    assert commands == expected


def test_compose_when_its_schema_is_asked_then_it_is_a_compose_file() -> None:
    """Held against the compose specification's own schema, as check-jsonschema carries it."""
    found = _run(
        "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_dockerfile_when_it_is_linted_then_nothing_is_found() -> None:
    """Hadolint's every rule, hints included."""
    found = _run("hadolint", "--failure-threshold", "style", "ops/Dockerfile")
    assert found.returncode == 0, found.stdout + found.stderr


def test_dockerfile_when_it_runs_then_not_as_root() -> None:
    """What breaks out of a process is nobody on the host; and its health is asked."""
    lines = (CHECKOUT / "ops/Dockerfile").read_text().splitlines()
    [user] = [line.split()[1] for line in lines if line.startswith("USER")]
    assert int(user) > 0
    assert any(line.startswith("HEALTHCHECK") for line in lines)


def test_compose_when_a_worker_is_scaled_then_nothing_of_it_is_there_once_only() -> None:
    """`docker compose up --scale placing=4`: four hosts, four names, no port fought over."""
    for name, process in PROCESSES.items():
        if process.is_worker:
            once_only = {"container_name", "hostname", "network_mode", "ports"}
            assert once_only.isdisjoint(SERVICES[name])
            assert f"{name}@%h" in _words(name)


def test_compose_when_a_service_is_asked_how_it_is_then_it_has_an_answer() -> None:
    """Each service is asked, workers by the names they have."""
    for name, service in SERVICES.items():
        asked = " ".join(service["healthcheck"]["test"])
        if name in PROCESSES and PROCESSES[name].is_worker:
            assert f"-d {name}@" in asked
        assert asked


def test_compose_when_secrets_are_needed_then_they_come_from_files() -> None:
    """No secret is written in the file, or passed in a variable that everybody can read."""
    assert {name for name, secret in COMPOSE["secrets"].items() if "file" not in secret} == set()
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            secret = any(word in variable for word in ("PASSWORD", "KEY", "SECRET", "DATABASE_URL"))
            assert not secret or str(value).startswith("/run/secrets/"), (name, variable)
            if str(value).startswith("/run/secrets/"):
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_compose_when_the_network_is_looked_at_then_stores_and_simulator_are_inside_only() -> None:
    """What has no password is reachable from the desk's own containers and nowhere else."""
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in (*STORES, "simulator", "metrics"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_secrets_when_they_are_made_then_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    """Every file that compose names is made; what is there already is not touched."""
    folder = tmp_path / "the secrets"
    environ = {**os.environ, "ORDERDESK_SECRETS": str(folder)}
    for _ in range(2):
        subprocess.run(["sh", "ops/secrets.sh"], cwd=CHECKOUT, env=environ, check=True)
        before = {file.name: file.read_text() for file in folder.iterdir()}
        (folder / "mexc_api_key").chmod(0o600)
        (folder / "mexc_api_key").write_text("a real one\n")
    assert (folder / "mexc_api_key").read_text() == "a real one\n"
    assert set(before) == set(COMPOSE["secrets"])
    assert folder.stat().st_mode & 0o077 == 0
    assert before["postgres_password"].strip() in before["database_url"]
    assert len(before["postgres_password"].strip()) == 48


@pytest.mark.processes
def test_compose_when_a_desk_process_starts_then_it_can_open_its_ledger(tmp_path: Path) -> None:
    """Schema and linters know nothing of what this desk can keep a ledger in; it is opened here,
    with the files that compose would mount, in a database as its image would make it.
    """
    folder, home = tmp_path / "the secrets", tmp_path / "home"
    environ = {**os.environ, "ORDERDESK_SECRETS": str(folder)}
    subprocess.run(["sh", "ops/secrets.sh"], cwd=CHECKOUT, env=environ, check=True)
    home.mkdir()
    with running_postgres() as server:
        made = SERVICES["postgres"]["environment"]
        server.let_in(made["POSTGRES_USER"], (folder / "postgres_password").read_text().strip())
        server.create(made["POSTGRES_DB"], owner=made["POSTGRES_USER"])
        # The one thing that differs: in compose's network the server has this name and port.
        url = folder / "database_url"
        url.chmod(0o600)
        text = url.read_text()
        assert "@postgres:5432/" in text
        url.write_text(text.replace("@postgres:5432/", f"@{server.host}:{server.port}/"))
        _open_as_each_would(folder, home)


def _open_as_each_would(folder: Path, home: Path) -> None:
    for name in PROCESSES.keys() - set(OWN) - {"simulator"}:
        given = {
            variable: str(value)
            .replace("/run/secrets/", f"{folder}/")
            .replace("/var/lib/orderdesk", str(home))
            .replace("${ORDERDESK_WORKERS:-1}", "1")
            for variable, value in SERVICES[name]["environment"].items()
        }
        url = Settings.from_environment(given).database_url
        assert url.startswith("postgresql://")
        LedgerSql(url, listener=lambda _event: None).close()


def test_image_when_it_is_built_then_its_locked_packages_reach_postgresql() -> None:
    """The driver, and libpq with it: a slim image has none."""
    locked = (CHECKOUT / "ops/locks/ops.txt").read_text()
    assert "ops/locks/ops.txt" in (CHECKOUT / "ops/Dockerfile").read_text()
    assert "\npsycopg==" in locked
    assert "\npsycopg-binary==" in locked


def test_compose_when_a_service_dies_then_it_is_restarted() -> None:
    """A Celery worker exits when Redis goes away under it: whatever runs it must restart it."""
    assert {name for name, service in SERVICES.items() if service["restart"] != "always"} == set()


def test_compose_when_redis_runs_then_what_it_acknowledged_is_on_disk() -> None:
    """Accepted means kept, in a container too."""
    words = SERVICES["redis"]["command"]
    assert "synchronous_commit=on" in SERVICES["postgres"]["command"]
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


def _run(tool: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [Path(sys.executable).parent / tool, *words], cwd=CHECKOUT, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
