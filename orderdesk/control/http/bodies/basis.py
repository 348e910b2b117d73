"""The base of every body, the noes, and what every yes has."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""A number that the ledger has given."""

Reason = Annotated[str, Field(min_length=1, max_length=500)]


class Body(BaseModel):
    """The base: frozen, and strict about names, so that a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class No(Body):
    """Every no; which fields it has beside `error` depends on what it is."""

    ok: Literal[False]
    error: str
    kind: str | None = None
    """The error's class in the desk, which tells its fate."""
    field: str | None = None
    retry_after_ms: int | None = None
    idempotency_key: str | None = None
    task_id: str | None = None
    parts: dict[str, str] | None = None
    """What each part of the desk says, where some of them are not well."""


class Ok(Body):
    """Every yes."""

    ok: Literal[True] = True


class Me(Ok):
    """Whose token was shown."""

    name: str
    acts: bool
    """False: this one may only look."""


class Ready(Ok):
    """The parts without which nothing works here."""

    parts: dict[str, str]
