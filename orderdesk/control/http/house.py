"""What every route may reach: the desk, the producers' door, and the facts of this process."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any

from celery.result import AsyncResult
from fastapi import Depends, Request

from orderdesk.control.http.board import Board
from orderdesk.control.http.bodies import ProcessRow
from orderdesk.control.http.remembered import Remembered
from orderdesk.core.tokens import Caps
from orderdesk.ports import Desk

Submit = Callable[[str, Mapping[str, Any]], AsyncResult]
"""(task, fields) → the result to wait for: what `delay()` does, checks and intake and all."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What is written over the door."""

    mode: str
    """TEST or LIVE."""
    exchange: str
    """`paper` or `mexc`."""
    trades_at: str
    desk_id: str
    account: str


@dataclass(frozen=True, slots=True)
class House:
    """What routes share; made once a process."""

    desk: Desk
    desk_for_a_kill: Callable[[], Desk]
    """One that goes on cancelling without Redis."""
    submit: Submit
    sign: Sign
    caps: Caps
    """What the venue allows."""
    buffer: Fraction
    """The share of it that the desk uses."""
    operators: Mapping[str, str]
    readers: Mapping[str, str]
    per_min: int
    scrape: Callable[[str], tuple[bytes, str]]
    """(Accept header) → all metrics as text, and its content type."""
    look: Callable[[], Sequence[ProcessRow]]
    """Looks at the processes of the desk, each a row; asked by one caller at a time."""
    board: Board = field(default_factory=Board)
    remembered: Remembered = field(default_factory=Remembered)
    tending: threading.Lock = field(default_factory=threading.Lock)
    """Held by the one thread of this process that goes on with a kill."""


def house_of(request: Request) -> House:
    """Return the house that a request came to."""
    house: House = request.app.state.house
    return house


Inside = Annotated[House, Depends(house_of)]
