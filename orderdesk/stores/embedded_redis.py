"""A Redis server of our own: on loopback, with everything it acknowledged on disk.

For `make run`, for a desk on one host, and for tests. Which binary runs is not decided here
(`redis_server.py`).
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

from redis import Redis
from redis.exceptions import RedisError

from orderdesk.stores.loopback import HOST, free_port, is_free
from orderdesk.stores.redis_door import connect
from orderdesk.stores.redis_server import server_binary

CANNOT_START = 2
"""Exit code when the port or the folder is taken: starting again will not help."""

_PATIENCE_S = 10.0
_LOOK_AGAIN_S = 0.01


class RedisNotStarted(RuntimeError):
    """Raised when the server ended or did not answer; its own words are in the message."""


def command(home: Path, port: int) -> list[str]:
    """Return the server and its arguments; it keeps its files in `<home>/redis`."""
    options = {
        "bind": HOST,
        "port": str(port),
        "protected-mode": "yes",
        "daemonize": "no",
        "dir": str(home / "redis"),
        # Accepted means kept: nothing is acknowledged before it is on disk.
        "appendonly": "yes",
        "appendfsync": "always",
        # A write that a power cut tore was never acknowledged, so the rest is the truth.
        "aof-load-truncated": "yes",
        "save": "",
        # Full is an error to the writer, never a reason to forget something else.
        "maxmemory-policy": "noeviction",
        "logfile": "",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(server_binary()), *words]


def run(home: Path, port: int) -> NoReturn:
    """Become the server. Exits with code 2 if the port or the folder is taken, and says so.

    Raises:
        SettingsError: no server is installed.
    """
    words = command(home, port)
    if not is_free(port):
        _give_up(
            f"port {port} is in use: stop the program that listens there (a desk that still "
            "runs?), set ORDERDESK_REDIS_PORT to a free port, or REDIS_URL to a running server"
        )
    lock = _locked(home)
    if lock is None:
        _give_up(
            f"another Redis server already keeps its files in {home / 'redis'}: stop it, "
            "or give this desk an ORDERDESK_HOME of its own"
        )
    os.set_inheritable(lock, True)
    os.execv(words[0], words)  # noqa: S606 - no shell is wanted


@dataclass
class RunningRedis:
    """A running server for tests, and what may be done to it. Keeps its port through restarts."""

    home: Path
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"redis://{HOST}:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """The process id, None while it is down."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start, and return when it answers.

        Raises:
            RedisNotStarted: it ended, did not answer, or its folder is taken.
        """
        lock = _locked(self.home)
        if lock is None:
            raise RedisNotStarted(f"another server keeps its files in {self.home / 'redis'}")
        words = command(self.home, self.port)
        with self._log("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the server's binary, our arguments
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(lock,)
            )
        os.close(lock)
        try:
            self._wait_ready()
        except RedisNotStarted:
            self.kill()
            raise

    def stop(self) -> None:
        """Ask it to end (SIGTERM), and wait until it has."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it (SIGKILL), and wait until it is gone."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start it again on the same port and files; stops it first if it still runs."""
        self.stop()
        self.start()

    def client(self) -> Redis:
        """Return a client of its own pool."""
        return connect(self.url)

    def _log(self, mode: str) -> IO[bytes]:
        path = self.home / "redis" / "server.log"
        return path.open(mode)

    def _wait_ready(self) -> None:
        deadline_s = time.monotonic() + _PATIENCE_S
        client = self.client()
        try:
            while not _answers(client):
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline_s:
                    with self._log("rb") as log:
                        raise RedisNotStarted(log.read()[-2_000:].decode(errors="replace"))
                time.sleep(_LOOK_AGAIN_S)
        finally:
            client.close()

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running_redis(home: Path, port: int = 0) -> Iterator[RunningRedis]:
    """Run a server for the length of a `with` block; the block may kill and restart it.

    Args:
        home: its files go to `<home>/redis` and stay there.
        port: 0 takes a free one.

    Raises:
        RedisNotStarted: it did not come up.
    """
    server = RunningRedis(home, port or free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _answers(client: Redis) -> bool:
    try:
        return client.ping()
    except RedisError:
        # Not yet listening, or still reading its files.
        return False


def _locked(home: Path) -> int | None:
    """Take the folder for one server and return the lock's descriptor, None if it is taken.

    Two servers on one append-only file would destroy it, and Redis does not look. Handed to
    the server the lock lives as long as that process does: no kill leaves it behind.
    """
    folder = home / "redis"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _give_up(message: str) -> NoReturn:
    sys.stderr.write(f"orderdesk: the Redis server cannot start: {message}\n")
    raise SystemExit(CANNOT_START)
