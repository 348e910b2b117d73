"""What a person looks after: dead letters, processes, and what happens."""

from typing import Literal

from orderdesk.control.http.bodies.basis import Body, Ok, Reason


class LetterRow(Body):
    """Work that could not be finished."""

    id: int
    at_ms: int
    task: str
    reason: str
    message: str
    attempts: int
    state: str
    order: str | None = None
    account: str | None = None
    note: str | None = None


class Letters(Ok):
    """Dead letters, the newest first."""

    letters: tuple[LetterRow, ...]


class Letter(Ok):
    """One dead letter whole."""

    letter: LetterRow
    arguments: dict[str, object]
    trace: str


class DiscardBody(Body):
    """Why a dead letter is closed for good."""

    reason: Reason


class LetterClosed(Ok):
    """What became of a dead letter."""

    id: int
    state: Literal["REPLAYED", "DISCARDED"]
    order: str | None = None


class ProcessRow(Body):
    """One process of the desk, or one part that they all need."""

    name: str
    well: bool
    says: str
    since_ms: int | None = None
    """When it was last started."""
    restarts: int = 0
    """How often it was seen to have died since this process has looked."""


class Processes(Ok):
    """Every process of the desk, after the parts that they all need."""

    well: bool
    """True if each of them is."""
    processes: tuple[ProcessRow, ...]


class FeedRow(Body):
    """One event in words."""

    id: int
    at_ms: int
    kind: str
    alarm: bool
    order: str
    says: str
