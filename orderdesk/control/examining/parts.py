"""The parts of the desk, asked from here: ledger, Redis, exchange, workers and beat."""

from collections.abc import Callable

from orderdesk.client import producer
from orderdesk.control.running.readiness import workers_found
from orderdesk.core.durability import Durability
from orderdesk.core.preflight import Finding, Verdict
from orderdesk.errors import DeskError, StoreUnavailable
from orderdesk.ports import Desk

OVERDUE_MS = 60_000
"""Beat's sweep looks every second; what waits a minute longer than it should has nobody."""

_START = "start the desk: `make run`, `docker compose up`, or the lines of the Procfile"


def examined(desk: Desk, *, own_redis: bool) -> list[Finding]:
    """Return what was found.

    Args:
        desk: as wired for this process.
        own_redis: True if the desk starts its Redis itself: then it is no illness that it is away.
    """
    found = [_asked("ledger", lambda: _ledger(desk), what="see DATABASE_URL")]
    try:
        desk.intake.now_ms()
    except StoreUnavailable as error:
        return [*found, _no_redis(error, own=own_redis)]
    found.append(_asked("redis", lambda: _durable("redis", desk.memory.durability())))
    found.append(_asked("one redis, one ledger", lambda: _owner(desk)))
    found.append(_asked("workers", _workers))
    found.append(_asked("sweep", lambda: _sweep(desk)))
    exchange = "see MEXC_BASE_URL; on paper the simulator runs with the desk"
    return [*found, _asked("exchange", lambda: _exchange(desk), what=exchange)]


def _asked(name: str, ask: Callable[[], Finding], *, what: str = "ask again") -> Finding:
    try:
        return ask()
    except DeskError as error:
        return Finding(name, Verdict.NO_ANSWER, str(error), what)


def _no_redis(error: StoreUnavailable, *, own: bool) -> Finding:
    if own:
        says = "the desk's own server does not run: nothing of the desk does"
        return Finding("redis", Verdict.UNKNOWABLE, says, _START)
    return Finding("redis", Verdict.NO, str(error), "start it, or correct REDIS_URL")


def _durable(name: str, seen: Durability) -> Finding:
    if seen.kept is False:
        return Finding(name, Verdict.NO, seen.says, "docs/going-live.md says what it must keep")
    return Finding(name, Verdict.YES if seen.kept else Verdict.UNKNOWABLE, seen.says)


def _ledger(desk: Desk) -> Finding:
    seen = _durable("ledger", desk.ledger.durability())
    return Finding(seen.name, seen.verdict, f"{seen.says}; {desk.ledger.ledger_id()}",
                   seen.what_to_do)  # fmt: skip


def _owner(desk: Desk) -> Finding:
    ours, theirs = desk.ledger.ledger_id(), desk.memory.owner()
    if theirs in (None, ours):
        return Finding("one redis, one ledger", Verdict.YES, "they belong together")
    says = f"this Redis belongs to ledger {theirs}, DATABASE_URL names {ours}"
    what = "give each desk a Redis of its own, or go back to the ledger it belongs to"
    return Finding("one redis, one ledger", Verdict.NO, says, what)


def _workers() -> Finding:
    present = sorted(workers_found(producer()))
    if not present:
        return Finding("workers", Verdict.NO, "none answers", _START)
    return Finding("workers", Verdict.YES, ", ".join(present))


def _sweep(desk: Desk) -> Finding:
    late = desk.ledger.due(desk.time.now_ms() - OVERDUE_MS, 1)
    if late:
        says = f"{late[0].idempotency_key} waits a minute longer than it should"
        return Finding("sweep", Verdict.NO, says, "start beat, and a worker for the queue `upkeep`")
    return Finding("sweep", Verdict.YES, "nothing is overdue")


def _exchange(desk: Desk) -> Finding:
    doubt_ms = desk.time.measure().doubt_ms
    return Finding("exchange", Verdict.YES, f"answers; its time is known within ±{doubt_ms} ms")
