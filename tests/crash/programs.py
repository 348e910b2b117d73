"""What the nursery can start: the desk's own programs, each with its desk under watch."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from orderdesk import client, wiring
from orderdesk.control import cli
from tasks import app, place_order
from tests.crash import watched_wire
from tests.crash.points import Tickets, Weather
from tests.crash.watched_ports import WatchedIntake, watched


def run(words: Sequence[str], folder: Path) -> int:
    """Be one of the programs until it ends; return its exit code."""
    tickets = Tickets(folder)
    name, *arguments = words
    return _PROGRAMS[name](arguments, folder, tickets)


def _celery(arguments: Sequence[str], folder: Path, tickets: Tickets) -> int:
    """A worker or beat: `celery -A tasks ...`."""
    _watch(folder, tickets)
    # The configuration was read before the fork; this process may see Redis another way.
    url, shared = wiring.settings().redis_url, app.conf.broker_url
    app.conf.result_backend = app.conf.result_backend.replace(shared, url)
    app.conf.broker_url = url
    return int(app.start(argv=list(arguments)) or 0)


def _orderdesk(arguments: Sequence[str], folder: Path, tickets: Tickets) -> int:
    """A person at the command line: `orderdesk ...`."""
    _watch(folder, tickets)
    return cli.main(list(arguments))


def _produce(arguments: Sequence[str], _folder: Path, tickets: Tickets) -> int:
    """A producer with one order (its fields as JSON), which may die inside the call."""
    producer = client.producer()
    watched_intake = WatchedIntake(producer.intake, tickets)
    producer.intake = watched_intake  # type: ignore[assignment]  # it passes every call on
    # One whose queue lies elsewhere, or a foreign one: nobody else can die between the two steps.
    producer.one_step = None
    place_order.delay(**json.loads(arguments[0]))
    return 0


def _watch(folder: Path, tickets: Tickets) -> None:
    weather = Weather(folder)
    wiring.dress_with(lambda desk: watched(desk, tickets, weather))
    watched_wire.watch(tickets, folder / "sent.log")


_PROGRAMS: dict[str, Callable[[Sequence[str], Path, Tickets], int]] = {
    "celery": _celery,
    "orderdesk": _orderdesk,
    "produce": _produce,
}
