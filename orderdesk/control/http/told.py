"""How a no is told by HTTP: the status that fits, and the same body for all of them.

The body is the user's (seed S3 L370): `ok` false, `error` in words, and what helps a program.
"""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from orderdesk import errors
from orderdesk.core.rule_words import rule_of
from orderdesk.errors import DeskError, InvalidOrder, OutcomeUnknown

_log = logging.getLogger(__name__)

STATUS: Mapping[type[DeskError], int] = {
    errors.InvalidOrder: 422,
    errors.IntentConflict: 409,
    errors.UnknownOrder: 404,
    errors.QueueUnreachable: 503,
    errors.OutcomeUnknown: 503,
    errors.Transient: 503,
    errors.NotYet: 503,
    errors.ExchangeRefused: 502,
    errors.ExchangeDenied: 502,
    errors.SettingsError: 503,
    errors.DeskHalted: 503,
    # What is left is a rule of the desk that stands against it, as with a quarantine.
    errors.DeskError: 409,
}
"""The status of each family; a class that is not here has its nearest ancestor's."""

AGAIN_MS = 1_000

MOST_SHOWN = 100
"""So many characters of a wrong value are told back."""


def no(status: int, error: str, **more: object) -> JSONResponse:
    """Return a no; with `retry_after_ms` it tells in a header, too, when to come back."""
    headers = {}
    if isinstance(after_ms := more.get("retry_after_ms"), int):
        headers["Retry-After"] = str(-(-after_ms // 1_000))
    body = {"ok": False, "error": error}
    body |= {name: value for name, value in more.items() if value not in (None, "")}
    return JSONResponse(body, status, headers)


def of_desk(error: DeskError) -> JSONResponse:
    """Return what a client is told of an error of the desk."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    more: dict[str, object] = {"kind": type(error).__name__}
    if isinstance(error, InvalidOrder):
        more |= {"field": error.field}
    if isinstance(error, OutcomeUnknown):
        more |= {"idempotency_key": error.key, "task_id": error.task_id}
    if status == 503:  # noqa: PLR2004 - a status
        more |= {"retry_after_ms": error.retry_after_ms or AGAIN_MS}
    return no(status, str(error), **more)


def tell_errors(app: FastAPI) -> None:
    """Have the app tell every error in the same body."""

    @app.exception_handler(DeskError)
    def _desk(_request: Request, error: DeskError) -> JSONResponse:
        return of_desk(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
        # A field that is missing has the whole body for its input.
        value = "" if first["type"] == "missing" else f"={first['input']!r}"[:MOST_SHOWN]
        return no(422, f"{where}{value}: {rule_of(first)}", kind="InvalidOrder", field=where)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 405:  # noqa: PLR2004 - a status
            return _not_that_way(request)
        answer = no(error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    def _broken(request: Request, error: Exception) -> JSONResponse:
        # The kind alone: what broke may quote what must not be told. The log has it, redacted.
        _log.error("%s %s broke: %s", request.method, request.url.path, type(error).__name__)
        return no(500, "this broke inside the desk; its log says how", kind=type(error).__name__)


def _not_that_way(request: Request) -> JSONResponse:
    """Say which ways there are; a GET that would have acted is told that it never does."""
    allowed = ", ".join(method for method in _METHODS if _takes(request, method))
    why = "GET never acts" if request.method in ("GET", "HEAD") else f"not by {request.method}"
    answer = no(405, f"{why}: {request.url.path} takes {allowed}")
    answer.headers["Allow"] = allowed
    return answer


_METHODS = ("DELETE", "GET", "POST")
"""What the routes of this house may be made of."""


def _takes(request: Request, method: str) -> bool:
    asked = {**request.scope, "method": method}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)
