"""Reading single parameters of a call; what is missing or malformed is a refusal, a value."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.messages import Call

# No exponents, no sign but minus, and few enough digits that a product of two stays exact.
_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_INTEGER = re.compile(r"\d{1,18}", re.ASCII)

Row = TypeVar("Row")
Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows a history query wants: a span in ms, both ends included, and how many rows.

    `oldest_first` keeps the first `limit` rows, else the last ones are kept.
    """

    from_ms: int
    to_ms: int
    limit: int
    oldest_first: bool

    def cut(self, rows: list[Row]) -> list[Row]:
        """Keep at most `limit` rows, ascending as they came."""
        return rows[: self.limit] if self.oldest_first else rows[-self.limit :]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a history endpoint gives: default span and look-back in ms, default and most rows."""

    span_ms: int
    look_back_ms: int
    rows: int
    most_rows: int


def missing(params: Params, names: Iterable[str]) -> Refusal | None:
    """Refuse a call without one of these parameters."""
    absent = (name for name in names if name not in params)
    name = next(absent, None)
    return None if name is None else refusals.parameter_missing(name)


def read_amounts(params: Params, names: Iterable[str]) -> dict[str, Decimal] | Refusal:
    """Read decimal numbers; those that are not given are absent."""
    amounts: dict[str, Decimal] = {}
    for name in names:
        text = params.get(name)
        if text is not None and not _AMOUNT.fullmatch(text):
            return refusals.parameter_error(name)
        if text is not None:
            amounts[name] = Decimal(text)
    return amounts


def read_integer(call: Call, name: str, default: int) -> int | Refusal:
    """Read a whole number of zero or more."""
    text = call.params.get(name)
    if text is None:
        return default
    return int(text) if _INTEGER.fullmatch(text) else refusals.parameter_error(name)


def read_limit(call: Call, *, default: int, most: int) -> int | Refusal:
    """Read how many rows are wanted; more than the most is the most."""
    limit = read_integer(call, "limit", default)
    if isinstance(limit, Refusal):
        return limit
    return refusals.parameter_error("limit") if limit == 0 else min(limit, most)


def read_amount(value: object) -> Decimal | None:
    """Read an amount out of JSON, a string or a number, as short as one of a request; else None."""
    try:
        text = format(Decimal(str(value)), "f")
    except InvalidOperation:
        return None
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def json_body(call: Call) -> dict[str, object]:
    """Read the body as a JSON object; anything else is an empty one."""
    try:
        content = json.loads(call.body or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def read_window(call: Call, reach: Reach) -> Window | Refusal:
    """Read startTime, endTime and limit.

    With a startTime the *oldest* rows from there are kept, so that a caller pages forward by
    giving the time of the last row it has seen (and skips ids that it knows). Without one the
    *newest* rows of the default span are kept. Rows are ascending by time either way: the
    simulator's decision, MEXC documents no order.
    """
    to_ms = read_integer(call, "endTime", call.now_ms)
    if isinstance(to_ms, Refusal):
        return to_ms
    from_ms = read_integer(call, "startTime", to_ms - reach.span_ms)
    limit = read_limit(call, default=reach.rows, most=reach.most_rows)
    if isinstance(from_ms, Refusal):
        return from_ms
    if isinstance(limit, Refusal):
        return limit
    earliest = max(from_ms, call.now_ms - reach.look_back_ms)
    return Window(earliest, to_ms, limit, "startTime" in call.params)
