"""A server of our own: what it keeps, and what it says when it cannot start."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from orderdesk.stores.embedded_redis import (
    CANNOT_START,
    RedisNotStarted,
    RunningRedis,
    command,
    running_redis,
)
from orderdesk.stores.redis_door import connect

HOST = "127.0.0.1"
CHECKOUT = Path(__file__).resolve().parents[2]


def _run(home: Path, port: int) -> "subprocess.Popen[str]":
    code = (
        "import sys, pathlib; from orderdesk.stores.embedded_redis import run; "
        "run(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(home), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )


def test_command_when_built_then_it_keeps_what_it_acknowledges_and_stays_on_this_host(
    tmp_path: Path,
) -> None:
    """The promise "accepted means kept" stands on these arguments."""
    words = command(tmp_path / "a desk", 6390)
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert options == {
        "--bind": "127.0.0.1",
        "--port": "6390",
        "--protected-mode": "yes",
        "--daemonize": "no",
        "--dir": str(tmp_path / "a desk" / "redis"),
        "--appendonly": "yes",
        "--appendfsync": "always",
        "--aof-load-truncated": "yes",
        "--save": "",
        "--maxmemory-policy": "noeviction",
        "--logfile": "",
    }


def test_run_when_the_port_is_in_use_then_it_says_which_and_what_to_do(tmp_path: Path) -> None:
    """Exit code 2 and one line that names the port."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        server = _run(tmp_path, port)
        _, told = server.communicate(timeout=20)
    assert server.returncode == CANNOT_START
    assert f"port {port} is in use" in told
    assert "ORDERDESK_REDIS_PORT" in told


@pytest.mark.processes
def test_run_when_everything_is_free_then_the_process_becomes_the_server(tmp_path: Path) -> None:
    """A supervisor that signals the process reaches the server itself."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    server = _run(tmp_path / "a desk", port)
    assert server.stdout is not None
    while "Ready to accept connections" not in server.stdout.readline():
        assert server.poll() is None
    client = connect(f"redis://{HOST}:{port}/0")

    assert client.info("server")["process_id"] == server.pid
    assert client.config_get("appendfsync") == {"appendfsync": "always"}
    with pytest.raises(RedisNotStarted, match="another server"):
        RunningRedis(tmp_path / "a desk", port).start()

    client.close()
    server.terminate()
    server.communicate(timeout=20)


@pytest.mark.processes
def test_run_when_the_folder_is_taken_then_it_says_so(own_redis: RunningRedis) -> None:
    """Two servers on one append-only file would destroy it."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    server = _run(own_redis.home, port)
    _, told = server.communicate(timeout=20)
    assert server.returncode == CANNOT_START
    assert str(own_redis.home / "redis") in told
    with pytest.raises(RedisNotStarted, match="another server"):
        RunningRedis(own_redis.home, port).start()


@pytest.mark.processes
def test_running_redis_when_killed_and_restarted_then_it_has_everything(tmp_path: Path) -> None:
    """A kill -9 at any time loses nothing that was acknowledged; port and files stay."""
    with running_redis(tmp_path / "a desk") as server:
        client = server.client()
        client.set("kept", "yes")
        url, pids = server.url, [server.pid]
        server.kill()
        pids.append(server.pid)
        server.restart()
        pids.append(server.pid)
        assert (server.url, client.get("kept")) == (url, "yes")
        assert pids[1] is None
        assert None not in pids[::2]
        assert pids[0] != pids[2]
        client.close()
    with running_redis(tmp_path / "a desk") as again:
        client = again.client()
        assert client.get("kept") == "yes"
        client.close()


@pytest.mark.processes
def test_running_redis_when_a_power_cut_tore_the_last_write_then_it_starts(tmp_path: Path) -> None:
    """Half a command at the end was never acknowledged; what stands before it is kept."""
    with running_redis(tmp_path) as server:
        client = server.client()
        client.set("kept", "yes")
        server.kill()
        (log,) = (tmp_path / "redis").rglob("*.aof")
        with log.open("ab") as torn:
            torn.write(b"*3\r\n$3\r\nSET\r\n$4\r\nke")
        server.start()
        assert client.get("kept") == "yes"
        client.close()


@pytest.mark.processes
def test_running_redis_when_its_files_are_broken_then_its_own_words_are_told(
    tmp_path: Path,
) -> None:
    """Broken in the middle is not torn at the end: it must not start and forget."""
    with running_redis(tmp_path) as server:
        server.stop()
        (log,) = (tmp_path / "redis").rglob("*.aof")
        log.write_bytes(b"*3\r\nnonsense\r\n" * 3)
        with pytest.raises(RedisNotStarted, match="Bad file format"):
            server.start()
        assert server.pid is None
