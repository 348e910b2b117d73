"""The one door to supervisord: start it, ask it, and end it with everything it started.

It runs in a session of its own, so that Ctrl-C reaches only the process that waits for it;
that one then stops the rest in order. Nothing about the desk is known here.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from orderdesk.control.running.supervisor_config import STOP_WAIT_S, Places
from orderdesk.errors import DeskError

_PAUSE_S = 0.05
_START_S = 10.0
_ANSWER_S = 3.0
_GONE_S = 2.0

Hurried = Callable[[], bool]
"""Tells whether a person has asked a second time, and wants no more waiting."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One process as supervisord sees it now."""

    name: str
    state: str
    """STARTING, RUNNING, BACKOFF, EXITED, FATAL, STOPPING or STOPPED."""
    pid: int
    """0 if it does not run."""
    started_s: int
    """When it was last started, Unix s; 0 if never."""
    exit_code: int
    trouble: str
    """Why it could not be started, if supervisord knows."""


class SupervisorGone(Exception):
    """Raised when supervisord has ended, or does not answer."""


class Supervisor:
    """A running supervisord and what it runs."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._process: subprocess.Popen[bytes] | None = None
        self._rpc = _rpc(places.socket)
        self._groups: set[int] = set()

    def start(self) -> None:
        """Start it, and return when it answers.

        Raises:
            DeskError: it ended at once; what it said is in the message.
        """
        words = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._places.config)]
        with self._words_of_its_own.open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own words, no shell
                words,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(SupervisorGone):
                self.look()
                return
            time.sleep(_PAUSE_S)
        said_text = self._words_of_its_own.read_text(errors="replace").strip()
        raise DeskError(f"supervisord did not start: {said_text[-500:] or 'it said nothing'}")

    def look(self) -> list[Seen]:
        """Return every process as it stands.

        Raises:
            SupervisorGone: supervisord does not answer.
        """
        seen = _all_seen(self._rpc)
        # supervisord makes each process the leader of a group, so the pid names the group.
        # Only those of this moment: an old number may belong to somebody else by now.
        self._groups = {process.pid for process in seen if process.pid}
        return seen

    def stop(self, hurried: Hurried = lambda: False) -> list[int]:
        """End everything, and return the process groups that are left: none, if all is well."""
        with contextlib.suppress(SupervisorGone):
            self.look()
        with contextlib.suppress(SupervisorGone):
            _asked(self._rpc.supervisor.shutdown)
        self._wait_for_the_end(hurried)
        if self._process is not None and self._process.poll() is None:
            _signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._rpc("close")()
        return self._end_what_is_left()

    @property
    def _words_of_its_own(self) -> Path:
        return self._places.run / "supervisord.out"

    def _wait_for_the_end(self, hurried: Hurried) -> None:
        """Wait for supervisord, which waits for its processes; when hurried, kill them."""
        if self._process is None:
            return
        deadline = time.monotonic() + 2 * STOP_WAIT_S + _GONE_S
        while self._process.poll() is None and time.monotonic() < deadline:
            if hurried():
                for group in self._groups:
                    _signal_group(group, signal.SIGKILL)
            # It looks at its children once a second, and whenever somebody asks it something.
            with contextlib.suppress(SupervisorGone):
                _asked(self._rpc.supervisor.getState)
            time.sleep(_PAUSE_S)

    def _end_what_is_left(self) -> list[int]:
        """Kill groups that outlived their supervisor, as when it was itself killed."""
        deadline = time.monotonic() + _GONE_S
        left = [group for group in self._groups if _signal_group(group, signal.SIGKILL)]
        while left and time.monotonic() < deadline:
            time.sleep(_PAUSE_S)
            left = [group for group in left if _signal_group(group, 0)]
        return left


@contextmanager
def running(places: Places, hurried: Hurried) -> Iterator[Supervisor]:
    """Run supervisord for the length of a block; nothing it started outlives the block.

    Raises:
        DeskError: something could not be killed.
    """
    supervisor = Supervisor(places)
    try:
        supervisor.start()
        yield supervisor
    finally:
        left = supervisor.stop(hurried)
        if left:
            raise DeskError(f"these process groups could not be stopped: {left}; look at them")


def look_at(socket_path: Path) -> list[Seen]:
    """Return every process of a supervisord that another process has started.

    Raises:
        SupervisorGone: it does not answer.
    """
    rpc = _rpc(socket_path)
    try:
        return _all_seen(rpc)
    finally:
        rpc("close")()


def stop_leftovers(socket_path: Path) -> bool:
    """Stop a supervisord whose `up` was killed; tell whether there was one."""
    rpc = _rpc(socket_path)
    try:
        _asked(rpc.supervisor.shutdown)
        deadline = time.monotonic() + 2 * STOP_WAIT_S
        with contextlib.suppress(SupervisorGone):  # which is what is waited for
            while time.monotonic() < deadline:
                _asked(rpc.supervisor.getState)
                time.sleep(_PAUSE_S)
    except SupervisorGone:
        return False
    finally:
        rpc("close")()
    return True


def _all_seen(rpc: xmlrpc.client.ServerProxy) -> list[Seen]:
    rows = _asked(rpc.supervisor.getAllProcessInfo)
    return [_seen(row) for row in cast("list[dict[str, Any]]", rows)]


def _asked(question: Callable[[], object]) -> object:
    try:
        return question()
    except xmlrpc.client.Fault as fault:
        if "SHUTDOWN_STATE" in fault.faultString:
            # It is shutting down and takes no questions but stays a moment longer.
            return []
        raise SupervisorGone(f"supervisord refused a question: {fault.faultString}") from fault
    except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
        raise SupervisorGone(f"supervisord does not answer: {error}") from error


def _seen(row: dict[str, Any]) -> Seen:
    return Seen(
        name=row["name"],
        state=row["statename"],
        pid=row["pid"],
        started_s=row["start"],
        exit_code=row["exitstatus"],
        trouble=row["spawnerr"],
    )


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; tell whether there was one of ours to take it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # Gone; or the number already belongs to a process of somebody else.
        return False
    return True


def _rpc(path: Path) -> xmlrpc.client.ServerProxy:
    return xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=_UnixTransport(path))


class _UnixTransport(xmlrpc.client.Transport):
    """XML-RPC through a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        """Keep one connection, where the base class looks for the one to close."""
        if self._connection[1] is None:
            self._connection = host, _UnixConnection(self._path)
        return cast("http.client.HTTPConnection", self._connection[1])


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_ANSWER_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_ANSWER_S)
        self.sock.connect(str(self._path))
