"""Everything that can go wrong, as one table of kinds, and how they act on a call.

Of each kind at most one strikes a request, and different kinds add up: `invisible` and
`lose_answer` together are an order that exists, unanswered and unseen.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields, replace

from orderdesk.simulator.messages import DROPPED, Answer, Call, envelope, page

_ORDER_PATH = "/api/v3/order"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One waiting fault. `count` None: until it is cleared. `ms` and `offset_ms` are milliseconds.

    `method`, `path` and `client_order_id` (the id in newClientOrderId or origClientOrderId)
    narrow down which requests it strikes; None is any. `overtaken` is set when a later call has
    been answered.
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
    overtaken: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    def fits(self, call: Call) -> bool:
        """Say whether the call is one of those it strikes; counts are not looked at."""
        ids = (call.params.get("newClientOrderId"), call.params.get("origClientOrderId"))
        return (
            self.method in (None, call.method)
            and self.path in (None, call.path)
            and (self.client_order_id is None or self.client_order_id in ids)
        )

    def listed(self) -> dict[str, object]:
        """Give it as JSON can hold it."""
        names = [each.name for each in fields(self) if each.name != "overtaken"]
        return {name: getattr(self, name) for name in names}


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


async def _wait_until_overtaken(fault: Fault, answer: Answer) -> Answer:
    # Alone on the wire nothing overtakes it, so it does not wait for ever.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(fault.overtaken.wait(), fault.ms / 1_000)
    return answer


async def _slow_down(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body_ms=fault.ms)


async def _cut(_fault: Fault, answer: Answer) -> Answer:
    return replace(answer, cut=True)


async def _garble(_fault: Fault, answer: Answer) -> Answer:
    return replace(page(answer.status), content_type=answer.content_type)


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
    "out_of_order": Kind(
        meaning="does what it is asked, and answers when a later call was answered, or ms later",
        after=_wait_until_overtaken,
    ),
    "garbled": Kind(
        meaning="does what it is asked, and answers with its status and something that is no JSON",
        after=_garble,
    ),
    "slow_body": Kind(
        meaning="does what it is asked, answers at once, and lets the body trickle in over ms",
        after=_slow_down,
    ),
    "cut_body": Kind(
        meaning="does what it is asked, and closes the connection in the middle of the answer",
        after=_cut,
    ),
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
