"""What every process needs: the ledger, Redis, and the exchange's time; and how each of them is."""

from collections.abc import Callable, Mapping

from orderdesk.control.http.bodies import ProcessRow
from orderdesk.core.clock_offset import MAX_AGE_MS
from orderdesk.errors import DeskError
from orderdesk.ports import Desk

PARTS: Mapping[str, Callable[[Desk], object]] = {
    "ledger": lambda desk: desk.ledger.ledger_id(),
    "redis": lambda desk: desk.intake.now_ms(),
}
"""Without these nothing works here. The exchange is not among them: a kill can do without."""


_SHOWN = {"redis": "queue (Redis)"}
"""Names that a process has, too, and rows must differ in."""


def parts(desk: Desk) -> list[ProcessRow]:
    """Return a row for each part; the exchange is not asked, only its clock is looked at."""
    return [*(_part(name, ask, desk) for name, ask in PARTS.items()), _clock(desk)]


def _part(name: str, ask: Callable[[Desk], object], desk: Desk) -> ProcessRow:
    shown = _SHOWN.get(name, name)
    try:
        ask(desk)
    except DeskError as error:
        return ProcessRow(name=shown, well=False, says=str(error))
    return ProcessRow(name=shown, well=True, says="answers")


def _clock(desk: Desk) -> ProcessRow:
    """Say how well the exchange's time is known; beat measures it every ten seconds."""
    offset = desk.clock.offset()
    if offset is None:
        return ProcessRow(name="exchange time", well=False, says="not known")
    age_ms = desk.clock.monotonic_ms() - offset.measured_ms
    says = f"±{offset.doubt_ms} ms, {age_ms // 1_000} s old"
    return ProcessRow(name="exchange time", well=age_ms < MAX_AGE_MS, says=says)
