"""The bytes that are signed are the bytes on the wire, whatever the parameters hold."""

import hashlib
import hmac
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.exchanges.http import HttpDoor, Reply
from orderdesk.exchanges.mexc.signing import signed_query
from tests.core.laws import law
from tests.exchanges.loopback import OK, answering, serving

SECRET = "45d0b3c26f2644f19bfb98b07741b2f5"
"""Of MEXC's own example; it opens nothing."""

PAIRS = st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=20)), min_size=1)


def _signed_by_the_book(query: str) -> bool:
    """Check a query as the exchange does: what stands before the signature is what was signed."""
    text, _, digest = query.rpartition("&signature=")
    return digest == hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


@law
@given(PAIRS)
def test_query_when_its_values_are_anything_then_it_is_plain_and_reads_back(
    pairs: list[tuple[str, str]],
) -> None:
    """Nothing in it can be rewritten on the way, and nothing is lost."""
    query = signed_query(pairs, SECRET)

    assert query.isascii()
    assert not set(query) & set(" +\"'<>#?\\^`{|}\n\t")
    back = [part.partition("=") for part in query.split("&")]
    assert [(unquote(name), unquote(value)) for name, _, value in back[:-1]] == pairs
    assert _signed_by_the_book(query)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_query_when_sent_then_the_request_line_holds_exactly_it(
    door: HttpDoor, method: str
) -> None:
    """A raw server reads the line; nobody on the way has touched it."""
    values = ("BTCUSDT", "A,B", "x y", "%7E~", '[{"a":1}]', "ü€😀", "a+b/c=d&e#f?g", "../x", "")
    queries = [signed_query([("v", value), ("timestamp", "1")], SECRET) for value in values]
    with serving(answering(OK)) as server:
        for query in queries:
            url = f"{server.url}/api/v3/order?{query}"
            assert isinstance(door.send(method, url, headers={}, timeout_ms=5_000), Reply)

        lines = [head.split(b"\r\n")[0].decode() for head in server.requests]
        assert lines == [f"{method} /api/v3/order?{query} HTTP/1.1" for query in queries]
        assert all(_signed_by_the_book(target.partition("?")[2]) for target in server.targets)
