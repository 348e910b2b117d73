"""Key, secret and signature are told to nobody, however a request fails."""

import json
import logging
import re
import traceback
from collections.abc import Callable
from decimal import Decimal

import pytest

from orderdesk.core.markets import Size
from orderdesk.core.orders import OrderType, Side
from orderdesk.errors import DeskError
from orderdesk.exchanges.http import HttpDoor
from orderdesk.exchanges.mexc.spot import MexcSpot
from orderdesk.ports import NewOrder
from tests.exchanges.loopback import Line, Script, answer, closed_port, serving

KEY = "mx0aBYs33eIilxBWC5"
SECRET = "45d0b3c26f2644f19bfb98b07741b2f5"
"""Of MEXC's own example; it opens nothing."""
NOW_MS = 1_644_489_390_087
ORDER = NewOrder(
    "BTCUSDT",
    "od1-abc",
    Size(Side.BUY, OrderType.LIMIT, Decimal("0.001"), None, Decimal(50_000)),
)

ROW = {
    "symbol": "BTCUSDT",
    "orderId": "C02__1",
    "side": "BUY",
    "type": "LIMIT",
    "status": "NEW",
    "origQty": "1",
    "price": "1",
    "executedQty": "0",
    "cummulativeQuoteQty": "0",
    "time": NOW_MS,
}
"""An order as queries show it."""

QUESTIONS: dict[str, Callable[[MexcSpot], object]] = {
    "test_order": lambda spot: spot.test_order(ORDER),
    "cancel": lambda spot: spot.cancel("BTCUSDT", "od1-abc"),
    "order": lambda spot: spot.order("BTCUSDT", "od1-abc"),
    "open_orders": lambda spot: spot.open_orders("BTCUSDT"),
    "all_orders": lambda spot: spot.all_orders("BTCUSDT", NOW_MS),
    "trades": lambda spot: spot.trades("BTCUSDT", NOW_MS),
    "balances": lambda spot: spot.balances(),
    "trade_fee": lambda spot: spot.trade_fee("BTCUSDT"),
    "markets": lambda spot: spot.markets(),
}


def _spot(door: HttpDoor, base_url: str, *, key: str = KEY, timeout_ms: int = 5_000) -> MexcSpot:
    return MexcSpot(
        base_url=base_url,
        api_key=key,
        api_secret=SECRET,
        door=door,
        pace=lambda _cost: None,
        stamp=lambda: NOW_MS,
        question_timeout_ms=timeout_ms,
    )


def _everything_said(spot: MexcSpot, window_ms: int = 5_000) -> str:
    """Ask everything once; return each answer and error in all the ways it can be shown."""
    placed = spot.place(ORDER, stamp_ms=NOW_MS, window_ms=window_ms, send_by_ms=2**60)
    said = [repr(spot), repr(placed), str(placed)]
    for ask in QUESTIONS.values():
        try:
            said.append(repr(ask(spot)))
        except DeskError as error:
            said += [str(error), repr(error), str(error.args), *traceback.format_exception(error)]
    return "\n".join(said)


def _wrong_secrets(said: str) -> list[str]:
    """Find what should not be there: the values themselves, and anything like a signature."""
    return [KEY, SECRET] * (KEY in said or SECRET in said) + re.findall(
        r"signature=\w+|\b[0-9a-fA-F]{64}\b", said
    )


def _closes(_line: Line) -> None:
    """Say nothing at all."""


def _loses_the_answer(line: Line) -> None:
    line.request()


def _breaks(line: Line) -> None:
    line.request()
    line.reset()


def _echo(status: str, shape: Callable[[str], object], content_type: str) -> Script:
    """Answer with what was asked, as debugging servers and gateways do."""

    def script(line: Line) -> None:
        while True:
            content = shape(line.request().decode())
            body = content if isinstance(content, str) else json.dumps(content)
            line.send(answer(status, body.encode(), content_type=content_type))

    return script


def _json(status: str, shape: Callable[[str], object]) -> Script:
    return _echo(status, shape, "application/json")


SCRIPTS: dict[str, Script] = {
    "closes": _closes,
    "loses the answer": _loses_the_answer,
    "breaks": _breaks,
    "page": _echo("403 Forbidden", lambda head: f"<html>{head}</html>", "text/html"),
    "gateway": _echo("502 Bad Gateway", lambda head: f"<html>{head}</html>", "text/html"),
    "nonsense": _echo("200 OK", lambda head: head, "text/plain"),
    "half": _json("200 OK", lambda head: json.dumps({"orderId": head})[:-1]),
    "id": _json("200 OK", lambda head: {"orderId": {"asked": head}, "code": head}),
    "code": _json("400 Bad Request", lambda head: {"code": head, "msg": "?"}),
    "refusal": _json("400 Bad Request", lambda head: {"code": 30004, "msg": head}),
    "denial": _json("401 Unauthorized", lambda head: {"code": 700002, "msg": head}),
    "unknown": _json("400 Bad Request", lambda head: {"code": 4711, "msg": head}),
    "rate": _json("429 Too Many Requests", lambda head: {"code": 429, "msg": head}),
    "no endpoint": _json("404 Not Found", lambda head: {"code": 404, "msg": head, "path": head}),
    "word": _json("200 OK", lambda head: [ROW | {"status": head}]),
    "amount": _json("200 OK", lambda head: [ROW | {"executedQty": head}]),
    "row": _json("200 OK", lambda head: ROW | {"side": head}),
    "texts": _json("200 OK", lambda head: [head]),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_secrets_when_a_request_fails_then_they_are_nowhere(
    door: HttpDoor, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in an answer, an error, its trace, a repr or a log line; not even if the server tells."""
    caplog.set_level(logging.DEBUG)
    with serving(script) as server:
        said = _everything_said(_spot(door, server.url))

    assert _wrong_secrets(said + repr(door) + caplog.text) == []


def test_secrets_when_the_deadline_ends_a_request_then_they_are_nowhere(door: HttpDoor) -> None:
    """The same for a venue that never answers."""

    def holds(line: Line) -> None:
        line.request()
        line.hold()

    with serving(holds) as server:
        said = _everything_said(_spot(door, server.url, timeout_ms=50), window_ms=1)

    assert "within the deadline" in said
    assert _wrong_secrets(said) == []


def test_secrets_when_nothing_was_reached_then_they_are_nowhere(
    door: HttpDoor, caplog: pytest.LogCaptureFixture
) -> None:
    """The same for a port where nobody listens, a strange certificate and a wrong address."""
    caplog.set_level(logging.DEBUG)
    strange = HttpDoor()

    def tls(line: Line) -> None:
        line.encrypt()

    with serving(tls) as server:
        said = _everything_said(_spot(strange, server.tls_url))
    strange.close()
    said += _everything_said(_spot(door, f"http://127.0.0.1:{closed_port()}"))
    said += _everything_said(_spot(door, "http://[::1"))

    assert _wrong_secrets(said + caplog.text) == []


def test_secrets_when_the_key_cannot_be_written_then_it_is_not_told(door: HttpDoor) -> None:
    """A key with a line break comes from a file that was read carelessly."""
    said = _everything_said(_spot(door, "http://127.0.0.1:9", key=KEY + "\n"))

    assert "cannot be written" in said
    assert _wrong_secrets(said) == []
