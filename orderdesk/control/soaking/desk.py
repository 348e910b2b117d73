"""A desk of the soak's own: `orderdesk up` in a home and on ports that nobody else has."""

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from orderdesk.client import Producer
from orderdesk.errors import DeskError
from orderdesk.settings import Settings
from orderdesk.settings_table import NAMES
from orderdesk.stores.redis_door import connect

READY_WITHIN_S = 180.0
READY = "Ctrl-C stops everything."
_STOP_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class SoakDesk:
    """The running desk, from outside."""

    process: subprocess.Popen[bytes]
    settings: Settings
    producer: Producer
    said_in: Path

    @property
    def ready(self) -> bool:
        """True once it has said so.

        Raises:
            DeskError: it ended.
        """
        if self.process.poll() is not None:
            raise DeskError(f"the desk ended before it was ready; {self.said_in} says why")
        return READY in self.said_in.read_text(errors="replace")

    @property
    def redis_keys(self) -> int:
        """How many keys its Redis holds."""
        client = connect(self.settings.redis_url)
        try:
            return int(client.dbsize())
        finally:
            client.close()

    @property
    def redis_pid(self) -> int:
        """The process of its Redis."""
        client = connect(self.settings.redis_url)
        try:
            return int(client.info("server")["process_id"])
        finally:
            client.close()

    @property
    def ledger_bytes(self) -> int:
        """How much its ledger holds, wherever it lies: in the file or in the log beside it."""
        path = self.settings.home / "ledger-paper.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            free = connection.execute("PRAGMA freelist_count").fetchone()[0]
            size = connection.execute("PRAGMA page_size").fetchone()[0]
        return int((pages - free) * size)


@contextmanager
def running(folder: Path, settings: Mapping[str, str]) -> Iterator[SoakDesk]:
    """Run the desk until the block ends; nothing of it is left then."""
    home = folder / "home"
    environ = {"ORDERDESK_HOME": str(home), **_ports(), **settings}
    # Whatever this shell has set for another desk must not reach this one.
    words = ["env", *(word for name in NAMES for word in ("-u", name))]
    words += [f"{name}={value}" for name, value in environ.items()]
    said_in = folder / "desk.log"
    with said_in.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [*words, sys.executable, "-m", "orderdesk", "up", "--no-samples"],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        chosen = Settings.from_environment(environ)
        yield SoakDesk(process, chosen, Producer(chosen), said_in)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _ports() -> dict[str, str]:
    servers = ("REDIS", "SIMULATOR", "FLOWER", "HTTP")
    names = tuple(f"ORDERDESK_{server}_PORT" for server in servers)
    probes = [socket.socket() for _ in names]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        numbers = [str(probe.getsockname()[1]) for probe in probes]
        return dict(zip(names, numbers, strict=True))
    finally:
        for probe in probes:
            probe.close()
