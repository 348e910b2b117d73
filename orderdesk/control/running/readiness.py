"""What "ready" means for each process of the desk: it answers, not only that it runs."""

import http.client
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time

from kombu.exceptions import OperationalError

from orderdesk.client import Producer
from orderdesk.control.running.procfile import Process
from orderdesk.core.clock_offset import ClockOffset
from orderdesk.errors import NotYet, QueueUnreachable, StoreUnavailable, Transient
from orderdesk.ports import Intake
from orderdesk.settings import Mode, Settings
from orderdesk.simulator.door import Door
from orderdesk.stores.loopback import HOST
from orderdesk.stores.redis_door import reaching_redis

PING_S = 0.3
"""How long a roll call of the workers collects answers, in seconds."""

LONGER_S = (1.0, 3.0)
"""How long it collects them if nobody answered: a worker that is busy starting needs seconds."""

CLOCK_DOUBT_MS = 25
"""How well exchange time should be known before the first order; stamps need far less."""

BRIDGE_SIGN = "bridge-ready"
"""The file by which the bridge says that both its ways in are open."""

_CLOCK_AGAIN_S = 1.0
_ANSWER_S = 1.0
_THEIRS = {"redis": "REDIS_URL", "simulator": "MEXC_BASE_URL"}
_OK = 200

Question = Callable[[], bool]
"""Asks once, without waiting long."""


@dataclass(frozen=True, slots=True)
class Check:
    """How to find out that one process is ready, and what to say when it is."""

    name: str
    says: str
    is_ready: Question | None
    """None: it is ready when it has run for some seconds; there is nothing to ask."""
    log: str
    """Whose log may tell why it is late."""
    theirs: str = ""
    """The setting that names it, if it is run by somebody else."""


def checks(
    processes: Sequence[Process],
    settings: Settings,
    *,
    intake: Intake,
    measure: Callable[[], ClockOffset],
    producer: Producer,
) -> list[Check]:
    """Return a check for each process, in the order of the Procfile, and one for the clock.

    A Redis and an exchange that are somebody else's are looked at as well.
    """
    live = settings.mode is Mode.LIVE
    questions = _questions(settings, intake)
    ours = {process.name: process for process in processes}
    roll = _RollCall(producer, intake, names=[p.name for p in processes if p.is_worker])
    found = [
        Check(name, *questions[name], log=name, theirs=setting)
        for name, setting in _THEIRS.items()
        # In LIVE the venue is MEXC, which is asked for its time below, and has no admin door.
        if name not in ours and not (live and name == "simulator")
    ]
    question: Question | None
    for process in processes:
        if process.is_worker:
            queues = " and ".join(process.queues) or "every queue"
            says, question = f"serves {queues}", roll.asker(process.name)
        else:
            says, question = questions.get(process.name, ("runs", None))
        found.append(Check(process.name, says, question, log=process.name))
    # What is far away is known less well; more than a quarter of the window stamps no order.
    doubt_ms = settings.recv_window_ms // 4 - 1 if live else CLOCK_DOUBT_MS
    says = f"knows the exchange's time to ±{doubt_ms} ms"
    return [*found, Check("clock", says, _Clock(measure, doubt_ms), log="upkeep")]


def _questions(settings: Settings, intake: Intake) -> Mapping[str, tuple[str, Question | None]]:
    """Return what is said of each process that is no worker, and how it is asked."""
    door = Door(settings.base_url)
    return {
        "redis": (f"answers at {_place(settings.redis_url)}", lambda: _redis_answers(intake)),
        "simulator": (f"answers at {settings.base_url}", lambda: _door_answers(door)),
        "beat": ("keeps the schedule", _Written(settings.home, "beat-schedule*")),
        "bridge": ("takes orders over Redis", _Written(settings.home, BRIDGE_SIGN)),
        "metrics": (
            f"tells Prometheus at http://{HOST}:{settings.metrics_port}",
            lambda: _answers(settings.metrics_port or 0, "/"),
        ),
        "flower": (
            f"shows the queue at http://{HOST}:{settings.flower_port}",
            lambda: _answers(settings.flower_port, "/healthcheck"),
        ),
        "http": (
            f"answers at http://{HOST}:{settings.http_port}",
            lambda: _answers(settings.http_port, "/ready"),
        ),
    }


class _Written:
    """Looks for the file that a process writes when it is ready, in the folder `run` of the home.

    Beat's is its schedule (celeryconfig.py names it).
    """

    def __init__(self, home: Path, pattern: str) -> None:
        self._folder = home / "run"
        self._pattern = pattern
        self._since_s = time()

    def __call__(self) -> bool:
        """Tell whether it was written since this was made."""
        files = self._folder.glob(self._pattern)
        return any(file.stat().st_mtime >= self._since_s for file in files)


class _Clock:
    """Asks for the exchange's time, now and then: while processes start, answers are late.

    The first time also brings a new throttle to life. It takes a Redis that remembers nothing
    for one that has forgotten, and holds everybody back for the longest window of the caps.
    """

    def __init__(self, measure: Callable[[], ClockOffset], doubt_ms: int) -> None:
        self._measure = measure
        self._doubt_ms = doubt_ms
        self._not_before_s = 0.0

    def __call__(self) -> bool:
        """Measure, unless it was tried a moment ago."""
        if monotonic() < self._not_before_s:
            return False
        try:
            return self._measure().doubt_ms <= self._doubt_ms
        except (NotYet, Transient):
            return False
        finally:
            self._not_before_s = monotonic() + _CLOCK_AGAIN_S


class _RollCall:
    """Asks all workers at once; a worker answers when it has begun to take messages."""

    def __init__(self, producer: Producer, intake: Intake, *, names: Sequence[str]) -> None:
        self._producer = producer
        self._intake = intake
        self._names = names
        self._present: set[str] = set()
        self._not_before_s = 0.0

    def asker(self, name: str) -> Question:
        """Return the question for one worker, by the name before its @."""

        def is_present() -> bool:
            if name not in self._present and monotonic() >= self._not_before_s:
                self._ask()
                # One call answers for all of them.
                self._not_before_s = monotonic() + PING_S
            return name in self._present

        return is_present

    def _ask(self) -> None:
        # Without Redis the call would only wait for a connection.
        if _redis_answers(self._intake):
            with suppress(StoreUnavailable):
                present = workers_present(self._producer, at_most=len(self._names))
                self._present |= {node.partition("@")[0] for node in present}


def workers_found(producer: Producer) -> set[str]:
    """Return the workers that answer; a busy host may need longer than the first moment.

    Raises as `workers_present` does.
    """
    for within_s in (PING_S, *LONGER_S):
        if present := workers_present(producer, within_s=within_s):
            return present
    return set()


def workers_present(
    producer: Producer, at_most: int | None = None, *, within_s: float = PING_S
) -> set[str]:
    """Return the names of the workers that answer, like `placing@host`.

    Raises:
        StoreUnavailable: Redis is away, or not ready yet.
    """
    try:
        with reaching_redis("calling the workers"):
            answers = producer.app.control.ping(timeout=within_s, limit=at_most)
    except OperationalError as error:
        raise StoreUnavailable(f"Redis failed while calling the workers: {error}") from error
    return {node for answer in answers for node in answer}


def _redis_answers(intake: Intake) -> bool:
    try:
        return intake.now_ms() > 0
    except (StoreUnavailable, QueueUnreachable):
        return False


def _door_answers(door: Door) -> bool:
    try:
        door.wait_ready(timeout_s=0)
    except TimeoutError:
        return False
    return True


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _place(url: str) -> str:
    """Return a URL's host and port, without the password before them."""
    return url.rpartition("@")[2].removeprefix("redis://").removeprefix("rediss://").split("/")[0]
