"""Whether this process lives, and whether it can do its work; open to everybody, telling little."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from orderdesk.control.http.bodies import Ok, Ready
from orderdesk.control.http.house import Inside
from orderdesk.control.http.noes import PROBE_NOES
from orderdesk.control.http.parts import PARTS
from orderdesk.control.http.told import no
from orderdesk.errors import DeskError
from orderdesk.ports import Desk

routes = APIRouter(tags=["probes"])


@routes.get("/health")
def health() -> Ok:
    """Say that this process lives."""
    return Ok()


@routes.get("/ready", response_model=Ready, responses=PROBE_NOES)
def ready(house: Inside) -> Ready | JSONResponse:
    """Say whether ledger and Redis answer."""
    parts = {name: _answers(ask, house.desk) for name, ask in PARTS.items()}
    silent = [name for name, says in parts.items() if says != "answers"]
    if silent:
        return no(503, f"no answer from {' and '.join(silent)}", parts=parts, retry_after_ms=1_000)
    return Ready(parts=parts)


def _answers(ask: Callable[[Desk], object], desk: Desk) -> str:
    try:
        ask(desk)
    except DeskError as error:
        # The kind alone: whoever asks here has shown no token.
        return type(error).__name__
    return "answers"
