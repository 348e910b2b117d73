"""`orderdesk status`: how the desk is; what cannot be reached is said, and the rest still shown."""

from collections.abc import Callable, Mapping

from orderdesk import wiring
from orderdesk.client import producer
from orderdesk.control.arguments import AsJson
from orderdesk.control.http.presence import Presence
from orderdesk.control.json_answer import print_json
from orderdesk.control.running.readiness import workers_found
from orderdesk.control.screen import Screen, facts
from orderdesk.control.shown.amounts import moment, span
from orderdesk.control.shown.killing import told
from orderdesk.core.orders import IN_DOUBT, ON_EXCHANGE, OrderStatus
from orderdesk.core.risk.exposure import rolled
from orderdesk.errors import DeskError
from orderdesk.flows import kill_command
from orderdesk.ports import Desk

Look = Callable[[Desk], tuple[str, bool]]
"""Says how one part is, and whether that is well."""


EXAMPLES = ("orderdesk status", "orderdesk status --json")


def run(*, as_json: AsJson = False) -> int:
    """Look at every part; 1 if one is not well."""
    desk = wiring.desk()
    found = {name: _seen(look, desk) for name, look in LOOKS.items()}
    if as_json:
        print_json({name: {"says": says, "well": well} for name, (says, well) in found.items()})
    else:
        Screen().show(
            facts([(f"{'✔' if ok else '✘'} {name}", says) for name, (says, ok) in found.items()])
        )
    return 0 if all(well for _, well in found.values()) else 1


def _seen(look: Look, desk: Desk) -> tuple[str, bool]:
    try:
        return look(desk)
    except DeskError as error:
        return str(error), False


def _mode(_desk: Desk) -> tuple[str, bool]:
    settings = wiring.settings()
    return f"{settings.mode}, trading at {settings.base_url}", True


def _sending(desk: Desk) -> tuple[str, bool]:
    report = kill_command.report(desk)
    return ("allowed", True) if not report.engaged else (told(report), False)


def _risk(desk: Desk) -> tuple[str, bool]:
    said = []
    for account in desk.rules.accounts:
        whole = desk.ledger.exposures(account)[0]
        result = rolled(whole, desk.time.now_ms()).day_result
        said.append(
            f"{account}: {whole.exposure:,.2f} USDT at risk in {whole.engaged} symbols, "
            f"{whole.open_orders} open orders, today {result:+,.2f} USDT"
        )
    return "; ".join(said), True


def _orders(desk: Desk) -> tuple[str, bool]:
    live = [i for account in desk.rules.accounts for i in desk.ledger.live(account)]
    resting = sum(intent.status in ON_EXCHANGE for intent in live)
    doubtful = sum(intent.status in IN_DOUBT for intent in live)
    waiting = len(live) - resting - doubtful
    quarantined = [i for i in live if i.status is OrderStatus.QUARANTINED]
    said = f"{waiting} to be sent, {resting} resting, {doubtful} in doubt"
    if quarantined:
        keys = ", ".join(intent.idempotency_key for intent in quarantined[:5])
        said += f"; {len(quarantined)} wait for `orderdesk answer`: {keys}"
    return said, not quarantined


def _dead_letters(desk: Desk) -> tuple[str, bool]:
    count = len(desk.ledger.dead_letters())
    return (f"{count} open; see `orderdesk dead list`", False) if count else ("none", True)


def _doubt(desk: Desk) -> tuple[str, bool]:
    doubt = desk.ledger.doubt()
    if doubt is None:
        return "none", True
    # Not an ailment: the first start is one too, and only costs a question for some orders.
    return f"{doubt.reason}: looks before it sends, until {moment(doubt.until_ms)}", True


def _redis(desk: Desk) -> tuple[str, bool]:
    return f"answers, at {moment(desk.intake.now_ms())}", True


def _throttle(desk: Desk) -> tuple[str, bool]:
    pauses = {a: desk.throttle.pause_left(a) for a in desk.rules.accounts}
    paused = [f"{a} for {span(p[0])}: {p[1]}" for a, p in pauses.items() if p is not None]
    return (f"paused, {'; '.join(paused)}", False) if paused else ("open", True)


def _exchange(desk: Desk) -> tuple[str, bool]:
    offset = desk.time.measure()
    return f"answers; its time is known within ±{offset.doubt_ms} ms", True


def _workers(desk: Desk) -> tuple[str, bool]:
    desk.intake.now_ms()  # without Redis the call would only wait for a connection
    present = workers_found(producer())
    return (", ".join(sorted(present)), True) if present else ("none answers", False)


def _processes(_desk: Desk) -> tuple[str, bool]:
    # Workers are called by `_workers`; here only what a supervisor or a sign on disk tells.
    rows = Presence(wiring.settings().home, set).look()
    ill = [f"{row.name}: {row.says}" for row in rows if not row.well]
    if ill:
        return "; ".join(ill), False
    names = ", ".join(row.name for row in rows)
    return (f"{names}: all run", True) if rows else ("no supervisor of them in this home", True)


LOOKS: Mapping[str, Look] = {
    "mode": _mode,
    "sending": _sending,
    "orders": _orders,
    "risk": _risk,
    "dead letters": _dead_letters,
    "doubt": _doubt,
    "redis": _redis,
    "throttle": _throttle,
    "exchange": _exchange,
    "workers": _workers,
    "processes": _processes,
}
"""The parts, in the order they are shown."""
