"""Which kept commands have been taken up, so that nobody has to wake them any more.

A call is known by its task id, never by its key alone: two calls that want one key for different
orders have two callers, and each is owed an answer. By its key alone a cancel would also pass for
the order that was given the same key.
"""

from collections.abc import Mapping, Sequence

from orderdesk.contracts import (
    CancelAllOrders,
    CancelOrder,
    Command,
    KillSwitch,
    PlaceOrder,
    checked,
)
from orderdesk.core.queues import KEPT
from orderdesk.errors import InvalidOrder
from orderdesk.ports import Desk, IntakeEntry

Name = tuple[str, str]
"""An account, and what stands there for a command."""

UNDECODABLE = "undecodable"
"""The one field of an entry that could not be read; its value is what stood there."""

_ORDER = "place_order"
_SHAPES: Mapping[str, type[Command]] = {
    _ORDER: PlaceOrder,
    "cancel_order": CancelOrder,
    "cancel_all_orders": CancelAllOrders,
    "kill_switch": KillSwitch,
}


def note(desk: Desk, account: str, *, task: str, task_id: str) -> None:
    """Remember that a call was taken up that leaves no row of its own; once is enough."""
    desk.ledger.note_command(account, _call(task_id), task, now_ms=desk.time.now_ms())


def note_unreadable(desk: Desk, entry: IntakeEntry) -> None:
    """Remember that an entry which names no call of ours was put before a person."""
    desk.ledger.note_command(*_entry(entry), entry.task, now_ms=desk.time.now_ms())


def was(desk: Desk, command: Command) -> bool:
    """True if a call that leaves no row of its own has been taken up before."""
    return bool(desk.ledger.noted([(command.account, _call(command.task_id))]))


def among(desk: Desk, entries: Sequence[IntakeEntry]) -> set[str]:
    """Return the ids of the entries that were taken up.

    An order was, once its key has its row with the same parameters. Everything else, and an
    order that was refused before it could have a row, has left a note; and what must not be
    done twice, an answer.
    """
    commands = {entry.entry_id: _command(entry) for entry in entries}
    names = {entry.entry_id: _names(entry, commands[entry.entry_id]) for entry in entries}
    noted = desk.ledger.noted([name for some in names.values() for name in some])
    orders = {at: of for at, of in commands.items() if isinstance(of, PlaceOrder)}
    rows = desk.ledger.parameter_hashes([_key(order) for order in orders.values()])
    placed = {at for at, of in orders.items() if rows.get(_key(of)) == of.parameter_hash}
    known = placed | {at for at, some in names.items() if noted.intersection(some)}
    return known | _answered(desk, [entry for entry in entries if entry.entry_id not in known])


def _answered(desk: Desk, entries: Sequence[IntakeEntry]) -> set[str]:
    """Return the ids of those that have their answer and must not be carried out again.

    A restored ledger has lost its notes of the last day. Cancels and kills may come again: a
    cancel is of one order, and a kill too many is on the safe side. Cancelling everything would
    take orders along that came after it.
    """
    once = {e.entry_id: e.task_id for e in entries if e.task == "cancel_all_orders"}
    missing = desk.queue.missing_results([*once.values()]) if once else set()
    return {entry_id for entry_id, task_id in once.items() if task_id not in missing}


def readable(entry: IntakeEntry) -> bool:
    """True if it says which of our commands it is; whether the command is right, a worker says."""
    fields = entry.fields
    named = bool(fields.get("account")) and bool(fields.get("idempotency_key"))
    return entry.task in KEPT and bool(entry.task_id) and named and UNDECODABLE not in fields


def _command(entry: IntakeEntry) -> Command | None:
    """Read an entry's command; None if it is none, or one that every check refuses."""
    if not readable(entry):
        return None
    try:
        return checked(_SHAPES[entry.task], entry.fields)
    except InvalidOrder:
        return None


def _names(entry: IntakeEntry, command: Command | None) -> set[Name]:
    """Return under which names an entry may have left its note."""
    if not readable(entry):
        return {_entry(entry)}
    account = str(entry.fields["account"])
    # A producer in another language names its call as it likes; our flows, by its parameters.
    ids = {entry.task_id} if command is None else {entry.task_id, command.task_id}
    return {(account, _call(task_id)) for task_id in ids}


def _key(order: PlaceOrder) -> Name:
    return order.account, order.idempotency_key


def _call(task_id: str) -> str:
    return f"call:{task_id}"


def _entry(entry: IntakeEntry) -> Name:
    return "", entry.entry_id
