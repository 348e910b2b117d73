"""Everything that can go wrong on demand: one table of kinds, and the list of those that wait.

A fault waits for requests that fit its method, path and client id, lets `skip` of them pass, and
strikes `count` of them. Of each kind at most one strikes a request, and different kinds add up:
`invisible` and `lose_answer` together are an order that exists, unanswered and unseen.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass

from orderdesk.simulator.messages import DROPPED, Answer, Call, envelope, page

_ORDER_PATH = "/api/v3/order"


class FaultMisspelled(ValueError):
    """Raised for a fault that no request could meet: (what is wrong with it)."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One waiting fault. `count` None: until it is cleared. `ms` and `offset_ms` are milliseconds.

    `method`, `path` and `client_order_id` (the id in newClientOrderId or origClientOrderId)
    narrow down which requests it strikes; None is any.
    """

    kind: str
    count: int | None = 1
    skip: int = 0
    method: str | None = None
    path: str | None = None
    client_order_id: str | None = None
    ms: int = 1_000
    offset_ms: int = 0
    status: int = 503
    when: str = "before"
    retry_after_s: int | None = None


Before = Callable[[Fault], Awaitable[Answer | None]]
After = Callable[[Fault, Answer], Awaitable[Answer]]
Bend = Callable[[Fault, Call], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a kind does, and when: to the call, before it is looked at, or to its answer.

    `before` may answer at once; then nothing has happened on the exchange.
    """

    meaning: str
    bend: Bend | None = None
    before: Before | None = None
    after: After | None = None
    count: int | None = 1
    method: str | None = None
    path: str | None = None


async def _drop_before(_fault: Fault) -> Answer | None:
    return DROPPED


async def _drop_after(_fault: Fault, _answer: Answer) -> Answer:
    return DROPPED


async def _wait_before(fault: Fault) -> Answer | None:
    await asyncio.sleep(fault.ms / 1_000)
    return None


async def _wait_after(fault: Fault, answer: Answer) -> Answer:
    await asyncio.sleep(fault.ms / 1_000)
    return answer


async def _status_before(fault: Fault) -> Answer | None:
    return _status_answer(fault) if fault.when == "before" else None


async def _status_after(fault: Fault, _answer: Answer) -> Answer:
    return _status_answer(fault)


def _shift_clock(fault: Fault, call: Call) -> None:
    call.clock_offset_ms += fault.offset_ms


def _hide(fault: Fault, call: Call) -> None:
    call.hidden_ms = fault.ms


# The order of the table is the order in which the faults of one request act.
KINDS: dict[str, Kind] = {
    "clock": Kind(
        meaning="the exchange's clock is off by offset_ms, in /time and in the window check",
        bend=_shift_clock,
        count=None,
    ),
    "invisible": Kind(
        meaning="accepted and answered, but for ms no query shows the order or its trades,"
        " and no cancel finds it",
        bend=_hide,
        method="POST",
        path=_ORDER_PATH,
    ),
    "lose_request": Kind(
        meaning="the connection closes before anything happened", before=_drop_before
    ),
    "hang_before": Kind(
        meaning="waits ms before looking at the request, then judges its stamp: a late landing",
        before=_wait_before,
    ),
    "status": Kind(
        meaning="answers with status, before anything happened or (when=after) after it did",
        before=_status_before,
        after=_status_after,
    ),
    "hang": Kind(meaning="does what it is asked, and answers ms later", after=_wait_after),
    "lose_answer": Kind(
        meaning="does what it is asked, then closes the connection without an answer",
        after=_drop_after,
    ),
}

# Not in MEXC's JSON envelope: 403 is the firewall's page, 502 to 504 a gateway's. 429 carries
# code 429 in JSON (MEXC spot v3 docs, "Limits", Jan 2026). 418 has no documented body.
_HTML_STATUSES = frozenset({403, 502, 503, 504})
_MESSAGES = {418: "IP banned", 429: "Too Many Requests", 500: "Internal error"}


def _status_answer(fault: Fault) -> Answer:
    after = () if fault.retry_after_s is None else (("Retry-After", str(fault.retry_after_s)),)
    if fault.status in _HTML_STATUSES:
        return page(fault.status, headers=after)
    plain = envelope(fault.status, _MESSAGES.get(fault.status, "error"), status=fault.status)
    return Answer(plain.status, plain.text, headers=after)


class Faults:
    """The faults that wait for their requests, oldest first."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault wait."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all of them; the clock is right again."""
        self._waiting.clear()

    def listed(self) -> list[dict[str, object]]:
        """Give what waits, as JSON can hold it."""
        return [asdict(fault) for fault in self._waiting]

    def strike(self, call: Call, own: list[Fault]) -> list[Fault]:
        """Give the faults that strike this call, in the table's order, and count them down.

        Args:
            call: the request as it came.
            own: faults that the request asked for itself; they go first.
        """
        struck = {fault.kind: fault for fault in reversed(own)}
        for fault in self._waiting:
            if fault.kind not in struck and _fits(fault, call) and _due(fault):
                struck[fault.kind] = fault
        self._waiting = [fault for fault in self._waiting if fault.count != 0]
        return [struck[kind] for kind in KINDS if kind in struck]


def _fits(fault: Fault, call: Call) -> bool:
    ids = (call.params.get("newClientOrderId"), call.params.get("origClientOrderId"))
    return (
        fault.method in (None, call.method)
        and fault.path in (None, call.path)
        and (fault.client_order_id is None or fault.client_order_id in ids)
    )


def _due(fault: Fault) -> bool:
    if fault.skip > 0:
        fault.skip -= 1
        return False
    if fault.count is not None:
        fault.count -= 1
    return True


async def before(faults: list[Fault], call: Call) -> Answer | None:
    """Let the faults bend the call and act before it is looked at; an answer ends it there."""
    for fault in faults:
        kind = KINDS[fault.kind]
        if kind.bend is not None:
            kind.bend(fault, call)
        if kind.before is not None and (answer := await kind.before(fault)) is not None:
            return answer
    return None


async def after(faults: list[Fault], answer: Answer) -> Answer:
    """Let the faults act on the answer of a call that was carried out."""
    for fault in faults:
        act = KINDS[fault.kind].after
        if act is not None:
            answer = await act(fault, answer)
    return answer


_INTEGERS = frozenset({"count", "skip", "ms", "offset_ms", "status", "retry_after_s"})
_TEXTS = frozenset({"method", "path", "client_order_id", "when"})


def read_fault(options: Mapping[str, object]) -> Fault:
    """Make a fault of JSON options: `kind`, and any field of `Fault`.

    Raises:
        FaultMisspelled: an unknown kind or option, or a value of the wrong sort.
    """
    kind = KINDS.get(str(options.get("kind")))
    if kind is None:
        raise FaultMisspelled("kind must be one of " + ", ".join(KINDS))
    unknown = set(options) - _INTEGERS - _TEXTS - {"kind"}
    if unknown:
        raise FaultMisspelled("unknown options: " + ", ".join(sorted(unknown)))
    fault = Fault(kind=str(options["kind"]), count=kind.count, method=kind.method, path=kind.path)
    for name, value in options.items():
        setattr(fault, name, _value(name, value))
    if fault.when not in ("before", "after"):
        raise FaultMisspelled("when must be before or after")
    return fault


def _value(name: str, value: object) -> int | str | None:
    if value is None or name not in _INTEGERS:
        return None if value is None else str(value)
    try:
        return int(str(value))
    except ValueError:
        raise FaultMisspelled(f"{name} must be a whole number") from None


def read_header(text: str) -> list[Fault]:
    """Make faults of a header: `kind;option=value;option=value, kind ...`.

    Raises:
        FaultMisspelled: as `read_fault`.
    """
    return [_read_header_part(part) for part in text.split(",") if part.strip()]


def _read_header_part(part: str) -> Fault:
    kind, *options = (piece.strip() for piece in part.split(";"))
    pairs = (option.partition("=") for option in options)
    return read_fault({"kind": kind, **{name: value for name, _, value in pairs}})
