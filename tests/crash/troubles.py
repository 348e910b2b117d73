"""What can befall one order: at which point a process dies, and what the venue makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.crash.points import Act, Point

ORDER: Mapping[str, int | str] = {"method": "POST", "path": "/api/v3/order"}
W_MS = 3_000
"""The window of the campaign's desk (`MEXC_RECV_WINDOW_MS`)."""
L_MS = 20_000
"""How long the venue may hide an order (A3)."""

Fault = tuple[str, Mapping[str, int | str]]
"""A fault of the simulator: its kind and its options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One kind of trouble, and how many of a thousand intents have it."""

    name: str
    point: Point | None = None
    act: Act = Act.KILL
    for_s: float = 0
    """How long what is stopped or held stands still."""
    faults: tuple[Fault, ...] = ()
    rests: bool = False
    """Only an order that rests comes to it: its cancel does."""
    per_mille: float = 0
    way: str = field(default="")
    """`wire`: its producer's publish goes through the breaking wire. `dies`: in its own process."""

    @property
    def slow(self) -> bool:
        """True if it takes as long as a proof of absence."""
        return self.act is Act.HOLD or self.point is Point.CONCLUDING


_PER_MILLE = 3.4
"""So often each point has its intents: 34 of 10,000, where 30 are asked for."""

_RESTS_PER_MILLE = 6.0
"""Not every order that is to rest comes to its cancel: kills deny it, price swings fill it."""


def _killed(point: Point, *faults: Fault, rests: bool = False, way: str = "") -> Trouble:
    often = _RESTS_PER_MILLE if rests else _PER_MILLE
    return Trouble(
        name=f"killed: {point}", point=point, faults=faults, rests=rests, per_mille=often, way=way
    )


def _fault(name: str, per_mille: float, *faults: Fault) -> Trouble:
    return Trouble(name=name, faults=faults, per_mille=per_mille)


_PAST_THE_WINDOW_S = W_MS / 1_000 + 2
_PAST_THE_PROOF_S = (W_MS + 1_000 + L_MS) / 1_000 + 8
"""Time enough for the proof, the second attempt and its answer."""


def _stopped(point: Point) -> Trouble:
    """SIGSTOP for longer than the window, then SIGCONT."""
    name = f"stopped past the window: {point}"
    return Trouble(name=name, point=point, act=Act.STOP, for_s=_PAST_THE_WINDOW_S, per_mille=0.3)


def _held(point: Point, *faults: Fault) -> Trouble:
    """One thread stands still until another attempt has been made; then its answer is late."""
    return Trouble(
        name=f"held past a second attempt: {point}",
        point=point,
        act=Act.HOLD,
        for_s=_PAST_THE_PROOF_S,
        faults=faults,
        per_mille=0.5,
    )


_LOST: Fault = ("lose_answer", ORDER)
_NEVER_THERE: Fault = ("lose_request", ORDER)
_OUT_OF_STEP: Fault = ("clock", {**ORDER, "offset_ms": 60_000, "count": 1})

TROUBLES: tuple[Trouble, ...] = (
    _killed(Point.KEPT, way="dies"),
    _killed(Point.POPPED),
    _killed(Point.UNCLAIMED),
    _killed(Point.WRITTEN),
    _killed(Point.CONNECTED),
    _killed(Point.SENT),
    _killed(Point.ANSWERED),
    _killed(Point.BOOKED),
    _killed(Point.UNACKNOWLEDGED),
    _killed(Point.RETRIED, _OUT_OF_STEP),
    _killed(Point.RESOLVING, _LOST),
    _killed(Point.CONCLUDING, _NEVER_THERE),
    _killed(Point.CANCELING, rests=True),
    _killed(Point.CANCELED, rests=True),
    Trouble(name="commit unheard", point=Point.COMMIT_UNHEARD, act=Act.FAIL, per_mille=_PER_MILLE),
    _stopped(Point.WRITTEN),
    _stopped(Point.CONNECTED),
    _stopped(Point.SENT),
    _held(Point.WRITTEN),
    _held(Point.CONNECTED),
    _held(Point.ANSWERED, _OUT_OF_STEP),
    _fault("answer lost", 20, _LOST),
    _fault("request lost", 6, _NEVER_THERE),
    _fault("500 after acceptance", 4, ("status", {**ORDER, "status": 500, "when": "after"})),
    _fault("502 after acceptance", 4, ("status", {**ORDER, "status": 502, "when": "after"})),
    _fault("504 after acceptance", 4, ("status", {**ORDER, "status": 504, "when": "after"})),
    _fault("503 instead of acceptance", 4, ("status", {**ORDER, "status": 503})),
    _fault("lands late", 4, ("hang_before", {**ORDER, "ms": W_MS // 2})),
    _fault("lands last", 4, ("hang_before", {**ORDER, "ms": W_MS - 150})),
    _fault("lands too late", 2, ("hang_before", {**ORDER, "ms": W_MS + 300})),
    _fault("answered after the deadline", 2, ("hang", {**ORDER, "ms": W_MS + 1_500})),
    _fault("hidden 5 s", 5, ("invisible", {**ORDER, "ms": 5_000})),
    _fault("hidden 19.999 s", 3, ("invisible", {**ORDER, "ms": L_MS - 1})),
    _fault("hidden 10 s, answer lost", 5, ("invisible", {**ORDER, "ms": 10_000}), _LOST),
    _fault("hidden 19.999 s, answer lost", 4, ("invisible", {**ORDER, "ms": L_MS - 1}), _LOST),
    _fault("stamp refused", 3, _OUT_OF_STEP),
    _fault("429", 0.4, ("status", {**ORDER, "status": 429, "retry_after_s": 1})),
    _fault("418", 0.3, ("status", {**ORDER, "status": 418, "retry_after_s": 1})),
    _fault("403 HTML", 0.4, ("status", {**ORDER, "status": 403, "retry_after_s": 1})),
    _fault(
        "403 HTML after acceptance",
        0.4,
        ("status", {**ORDER, "status": 403, "when": "after", "retry_after_s": 1}),
    ),
    Trouble(name="publish unheard", way="wire", per_mille=2),
)
