"""How a call becomes a command that is kept: checked, minted, appended, and published.

Shared by both faces, `orderdesk.client` (anywhere) and `tasks` (inside the checkout).
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from celery.result import AsyncResult
from kombu.exceptions import OperationalError

from orderdesk.contracts import (
    CancelAllOrders,
    CancelOrder,
    Command,
    KillSwitch,
    PlaceOrder,
    PollOrderStatus,
    Reconcile,
    ResolveOrder,
    SyncPortfolio,
    checked,
)
from orderdesk.core.queues import KEPT
from orderdesk.errors import InvalidOrder, OutcomeUnknown, QueueUnreachable
from orderdesk.ports import Intake

COMMANDS: Mapping[str, type[Command]] = {
    "place_order": PlaceOrder,
    "cancel_order": CancelOrder,
    "cancel_all_orders": CancelAllOrders,
    "poll_order_status": PollOrderStatus,
    "resolve_order": ResolveOrder,
    "sync_portfolio": SyncPortfolio,
    "reconcile": Reconcile,
    "kill_switch": KillSwitch,
}
"""What a producer may call, and the shape of each call."""


class Publish(Protocol):
    """Has Celery send a message, and returns the result to wait for."""

    def __call__(
        self, fields: dict[str, Any], task_id: str, *, producer: Any = None
    ) -> AsyncResult:
        """Send these keyword arguments; by kombu's `producer`, if it is not to be Celery's own."""


class OneStep(Protocol):
    """Keeps and publishes in one step, where intake and queue are one Redis."""

    def submit(
        self,
        name: str,
        task_id: str,
        fields: Mapping[str, Any],
        publish: Callable[[dict[str, Any], Any], Any],
    ) -> Any:
        """Do it, and return what `publish` (keyword arguments, producer) returns."""


def submit(
    name: str,
    fields: Mapping[str, Any],
    *,
    intake: Callable[[], Intake],
    publish: Publish,
    one_step: Callable[[], OneStep | None] = lambda: None,
) -> AsyncResult:
    """Check a call, keep it, publish it; return its `AsyncResult`.

    A repeat with the same `idempotency_key` and parameters returns the same result.

    Args:
        name: of the task.
        fields: what the caller says.
        intake: where a command is kept first.
        publish: has Celery send the message.
        one_step: does both, if it can; asked for commands that are kept.

    Raises:
        InvalidOrder: a field breaks a rule; nothing was queued.
        QueueUnreachable: Redis could not be reached; nothing was queued.
        OutcomeUnknown: it may have been taken; repeat with `idempotency_key=error.key`.
    """
    command = checked(COMMANDS[name], _with_minted_key(fields))
    if name not in KEPT:
        return _published(name, command, publish)
    task_id = command.task_id
    if (both := one_step()) is not None:
        return both.submit(
            name,
            task_id,
            command.wire(),
            lambda wire, producer: publish(wire, task_id, producer=producer),
        )
    entry = intake().append(name, task_id, command.wire())
    return _published(name, command.model_copy(update={"intake_entry": entry}), publish)


def _published(name: str, command: Command, publish: Publish) -> AsyncResult:
    """Publish a command; what its broker does not take is told by what is known of it."""
    task_id = command.task_id
    try:
        return publish(command.wire(), task_id)
    except OperationalError as error:
        if name not in KEPT:
            raise QueueUnreachable(
                f"the broker did not take {name}; nothing was done, call again"
            ) from error
        raise OutcomeUnknown(
            f"{name} is kept and will be taken up, but the queue did not answer; to get its "
            f"result, repeat the call with idempotency_key={command.idempotency_key!r}",
            command.idempotency_key,
            task_id,
        ) from error


ABOUT_ONE_ORDER = frozenset({"cancel_order", "poll_order_status"})
"""Calls that may name their order by position: it is one name, and nothing can change places."""


def keyword_fields(
    name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Return a call's fields; they are given by name, so that no two amounts change places.

    Raises:
        InvalidOrder: something was given by position.
    """
    fields = kwargs or {}
    if len(args) == 1 and name in ABOUT_ONE_ORDER and "order" not in fields:
        return {"order": args[0], **fields}
    if args:
        raise InvalidOrder(
            f"give every field by name, not by position: {args[0]!r} has none",
            "",
            repr(args[0])[:100],
            "fields are keyword arguments",
        )
    return fields


def _with_minted_key(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Note whether the key is made in this very call: then it cannot be a repeat."""
    given = fields.get("idempotency_key") is not None
    rest = {name: value for name, value in fields.items() if value is not None}
    return {**rest, "key_minted": not given}
