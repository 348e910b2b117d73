"""A pace, a bound and the headers stand before every route."""

from collections.abc import Iterator

from orderdesk.control.http.guards import HEADERS, MOST_BYTES
from tests.control.http.served import OPERATOR, Served, served, shown


def test_headers_when_anything_is_answered_then_they_are_there(desk: Served) -> None:
    """On a yes, on every kind of no, and nothing is kept by anybody on the way."""
    paths = ("/health", "/orders", "/nowhere", "/exchange/test-order")
    for answer in map(desk.client.get, paths):
        for name, value in HEADERS:
            assert answer.headers[name] == value
        assert answer.headers["Cache-Control"] == "no-store"


def test_policy_when_it_is_read_then_scripts_come_from_here_alone(desk: Served) -> None:
    """No inline script, no other host, no frame: what got into a page could do nothing."""
    policy = desk.client.get("/health").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_pace_when_an_address_asks_too_much_then_429_and_health_still_answers() -> None:
    """Whoever floods is told when to come back; a supervisor still sees that we live."""
    with served(per_min=3) as desk:
        seen = [desk.get("/orders").status_code for _ in range(5)]
        assert seen == [200, 200, 200, 429, 429]
        answer = desk.get("/orders")
        assert answer.headers["Retry-After"] == "1"
        assert answer.json()["ok"] is False
        assert desk.client.get("/health").status_code == 200


def test_body_when_it_is_too_large_then_413_whether_it_says_so_or_not(desk: Served) -> None:
    """A length that is declared is believed; one that is not is counted."""

    def endless() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 1_000 + 2):
            yield b"x" * 1_000

    whole = desk.client.post("/orders", headers=shown(OPERATOR), content=b"x" * (MOST_BYTES + 1))
    pieces = desk.client.post("/orders", headers=shown(OPERATOR), content=endless())
    assert (whole.status_code, pieces.status_code) == (413, 413)
    assert desk.trial.queue.published == []
