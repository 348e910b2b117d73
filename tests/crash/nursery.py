"""A process that has imported everything and forks what the campaign asks for.

A worker that is killed hundreds of times must start fast: importing Celery costs a second of
CPU, a fork some milliseconds. What is forked is a process of its own in every way that counts:
its own desk, connections, threads, session and log. Nothing is connected before the fork.

`python -m tests.crash.nursery FOLDER` reads orders as JSON lines: `{"order", "name", "words",
"environ"}`, where `order` is the order's number and words are a program's name and its arguments
(`programs.py`), and tells on standard output what was born and what is gone.
"""

import itertools
import json
import os
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, Self

from tests.crash import programs

CHECKOUT = Path(__file__).resolve().parents[2]
_LOOK_S = 0.05
_START_S = 60.0


def main(folder: Path) -> None:
    """Fork until standard input ends; then kill whatever still lives."""
    living: set[int] = set()
    rest = b""
    while True:
        ready, _, _ = select.select([0], [], [], _LOOK_S)
        if ready:
            heard = os.read(0, 65_536)
            if not heard:
                break
            *lines, rest = (rest + heard).split(b"\n")
            for line in lines:
                living.add(_fork(folder, json.loads(line)))
        _reap(living)
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _reap(living: set[int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        living.discard(pid)
        _tell({"gone": pid, "code": os.waitstatus_to_exitcode(status)})


def _fork(folder: Path, order: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _live(folder, order)
    _tell({"born": pid, "name": order["name"], "order": order["order"]})
    return pid


def _live(folder: Path, order: Mapping[str, Any]) -> NoReturn:
    os.setsid()
    log = os.open(folder / f"{order['name']}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, standard in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, standard)
    os.environ.update(order["environ"])
    try:
        code = programs.run(order["words"], folder)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - the last frame of a process: nobody else can tell it
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _tell(news: Mapping[str, Any]) -> None:
    os.write(1, json.dumps(news).encode() + b"\n")


@dataclass
class Nursery:
    """The campaign's side of it: start programs by name, kill them, hear of their ends."""

    folder: Path
    environ: Mapping[str, str]
    pids: dict[str, int] = field(default_factory=dict)
    on_end: Callable[[str, int], None] = lambda _name, _code: None
    """Called in a thread of its own with name and exit code (below 0: killed by that signal)."""
    _names: dict[int, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _births: dict[int, int] = field(default_factory=dict)
    """By the number of the order."""
    _codes: dict[str, int] = field(default_factory=dict)
    _born: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> Self:
        with (self.folder / "nursery.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.nursery", str(self.folder)],
                cwd=CHECKOUT,
                env=dict(self.environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._listener.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def start(self, name: str, words: Sequence[str], **environ: str) -> int:
        """Start a program; return its process id once it lives."""
        number = next(self._numbers)
        order = {"order": number, "name": name, "words": list(words), "environ": environ}
        with self._born:
            self.pids.pop(name, None)
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            # This order's birth: not its life, which may be over before this thread hears of it,
            # and not its name, under which another thread may start one in the same moment.
            if not self._born.wait_for(lambda: number in self._births, _START_S):
                raise TimeoutError(f"{name} was not born: {self.folder / 'nursery.log'}")
            return self._births.pop(number)

    def signal(self, name: str, number: int) -> bool:
        """Send a signal; False if there is no such process any more."""
        pid = self.pids.get(name)
        if pid is None:
            return False
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def wait_gone(self, name: str, within_s: float) -> int | None:
        """Return a program's exit code once it has ended; None if it does not in time."""
        with self._born:
            gone = self._born.wait_for(lambda: name not in self.pids, within_s)
            return self._codes.get(name) if gone else None

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._hear(json.loads(line))

    def _hear(self, news: Mapping[str, Any]) -> None:
        """Take in that a program was born, or that one is gone."""
        with self._born:
            self._born.notify_all()
            if "born" in news:
                self.pids[news["name"]] = self._births[news["order"]] = news["born"]
                self._names[news["born"]] = news["name"]
                return
            name = self._names.pop(news["gone"])
            if self.pids.get(name) == news["gone"]:
                del self.pids[name]
            self._codes[name] = news["code"]
        self.on_end(name, news["code"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
