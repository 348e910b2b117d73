"""Which noes a group of routes can give, for OpenAPI; a test holds the routes to it."""

from typing import Any

from orderdesk.control.http.bodies import No

Responses = dict[int | str, dict[str, Any]]

_MEANINGS = {
    401: "no token was shown, or nobody's",
    403: "the token may look but not act",
    404: "there is no such thing",
    409: "it stands against a rule of the desk, or against an earlier call under the same key",
    422: "a field breaks a rule; nothing was done",
    429: "too many requests from this address",
    502: "the exchange said no",
    503: "a part of the desk, or the exchange, gave no answer: come back later",
}


def noes(*statuses: int) -> Responses:
    """Return the noes of a route: these, and what every route with a token can answer."""
    return {
        status: {"model": No, "description": _MEANINGS[status]}
        for status in sorted({401, 422, 429, 503, *statuses})
    }


PROBE_NOES: Responses = {503: {"model": No, "description": "not ready, and what is missing"}}
