"""Answers to an order: yes, no, and don't know; garbage is always the third.

The codes themselves are in `test_error_codes.py`, questions in `test_verdicts_questions.py`, laws
over any bytes in `test_verdicts_laws.py`.
"""

import json
from typing import Any

import pytest

from orderdesk.core.answers import Accepted, Answer, Refused, Unclear, Unsent, Why
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.http import NoReply, Reply
from orderdesk.exchanges.mexc.error_codes import CODES
from orderdesk.exchanges.mexc.verdicts import (
    PAUSES_MS,
    answer_to_order,
    answer_to_question,
    error_of,
)

ASKED = "GET /api/v3/order"
HTML = b"<html><head><title>Access Denied</title></head><body>Reference #18</body></html>"
NO = {"code": 30004, "msg": "Insufficient position"}
YES = {"symbol": "BTCUSDT", "orderId": "C02__342252993005723644225", "transactTime": 1666676533741}


def _reply(content: object, status: int = 200, **headers: str) -> Reply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def _order(content: object, status: int = 200, **headers: str) -> Answer:
    return answer_to_order(_reply(content, status, **headers))


# -- yes


@pytest.mark.parametrize("order_id", ["06a480e69e604477bfb48dddd5f0b750", "702345678901234567", 7])
def test_order_when_2xx_names_an_id_then_it_is_accepted(order_id: object) -> None:
    """The id is opaque: hexadecimal, with underscores, or digits; it is kept as text."""
    answer = _order({"orderId": order_id, "transactTime": 1666676533741})
    assert answer == Accepted(str(order_id), 1666676533741)


@pytest.mark.parametrize("code", [0, 200, "0", "200", None])
def test_order_when_a_yes_is_wrapped_then_it_is_accepted(code: object) -> None:
    """Some of MEXC's endpoints say code 0 or 200 for success."""
    assert isinstance(_order({**YES, "code": code, "msg": "success"}), Accepted)


@pytest.mark.parametrize("when", [None, "1666676533741", True, 1.5, {}])
def test_order_when_its_time_is_odd_then_it_is_accepted_without(when: object) -> None:
    """The id makes the yes; a time that is no whole number is left out."""
    assert _order({**YES, "transactTime": when}) == Accepted(str(YES["orderId"]), None)


# -- don't know


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"true",
        b"7",
        b'"C02__1"',
        b"[]",
        b'[{"orderId": "1"}]',
        b"\xff\xfe",
        b"{}",
        b'{"orderId": ""}',
        b'{"orderId": " "}',
        b'{"orderId": null}',
        b'{"orderId": false}',
        b'{"orderId": true}',
        b'{"orderId": 0}',
        b'{"orderId": -1}',
        b'{"orderId": 1.5}',
        b'{"orderId": 1e99999999999999999999}',
        b'{"orderId": NaN}',
        b'{"orderId": ["1"]}',
        b'{"orderId": {"id": "1"}}',
        b'{"data": {"orderId": "1"}, "code": 200}',
        b'{"orderId": "1", "code": 500}',
        b'{"orderId": "1", "code": 1}',
        b"[" * 100_000,
        HTML,
    ],
    ids=lambda content: content[:24].decode("latin-1"),
)
def test_order_when_2xx_cannot_be_read_then_it_is_unclear(content: bytes) -> None:
    """Something was answered, and we do not know what: only evidence can tell."""
    assert isinstance(_order(content), Unclear)


@pytest.mark.parametrize("status", [100, 301, 302, 304, 400, 401, 404, 405, 409, 422, 500, 504])
def test_order_when_an_id_comes_with_another_status_then_it_is_unclear(status: int) -> None:
    """A yes is a 2xx; an id beside any other status is a contradiction."""
    assert isinstance(_order(YES, status), Unclear)


@pytest.mark.parametrize("status", [200, 400, 429])
def test_order_when_a_no_names_an_id_then_it_is_unclear(status: int) -> None:
    """An answer that says no and yes at once says nothing."""
    for code in CODES:
        assert isinstance(_order({**YES, "code": int(code), "msg": "?"}, status), Unclear)


@pytest.mark.parametrize("code", [-1003, -1021, -2010, -2015, 1, 500, 418, 99999, 30006, "x", 1.5])
def test_order_when_the_code_is_unknown_then_it_is_unclear(code: object) -> None:
    """Binance's codes are not MEXC's, and a new code may mean anything."""
    for status in (200, 400):
        assert isinstance(_order({"code": code, "msg": "?"}, status), Unclear)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
@pytest.mark.parametrize("content", [HTML, b"", NO, YES, {"code": 500, "msg": "Internal error"}])
def test_order_when_the_server_failed_then_it_is_unclear_and_nobody_pauses(
    status: int, content: object
) -> None:
    """The docs say it in so many words: unknown, not failed."""
    answer = _order(content, status)
    assert isinstance(answer, Unclear)
    assert answer.pause_ms is None


@pytest.mark.parametrize(("status", "pause_ms"), [(403, 60_000), (418, 600_000), (429, 60_000)])
def test_order_when_a_wall_answers_in_html_then_it_is_unclear_with_a_pause(
    status: int, pause_ms: int
) -> None:
    """The firewall's page is no word of MEXC's, and it asks everybody to stop."""
    answer = _order(HTML, status)
    assert isinstance(answer, Unclear)
    assert answer.pause_ms == pause_ms == PAUSES_MS[status]


def test_order_when_banned_in_json_then_it_is_unclear_with_a_pause() -> None:
    """A 418 has no documented envelope: whatever it holds, it is don't know."""
    assert _order({"code": 418, "msg": "banned"}, 418, retry_after="120") == Unclear(
        "HTTP 418 code 418: banned", 120_000
    )


@pytest.mark.parametrize("unsent", [True, False])
def test_order_when_there_is_no_reply_then_only_proof_makes_it_unsent(unsent: bool) -> None:
    """What the door could prove decides between a no and don't know."""
    answer = answer_to_order(NoReply("the connection broke", unsent=unsent))
    assert answer == (Unsent if unsent else Unclear)("the connection broke")


# -- rate


@pytest.mark.parametrize(("headers", "wait_ms"), [({"retry_after": "7"}, 7_000), ({}, 60_000)])
def test_rate_when_mexc_says_it_in_json_then_it_is_a_no_to_this_attempt(
    headers: dict[str, str], wait_ms: int
) -> None:
    """MEXC's own envelope comes before matching; everybody waits as long as it asks."""
    content = {"code": 429, "msg": "Too Many Requests"}

    answer = _order(content, 429, **headers)
    assert answer == Refused(Why.RATE, "429", "Too Many Requests", wait_ms)
    with pytest.raises(ExchangeUnreachable) as raised:
        answer_to_question(_reply(content, 429, **headers), ASKED)
    assert raised.value.retry_after_ms == wait_ms


def test_rate_when_its_status_is_another_then_everybody_waits_all_the_same() -> None:
    """The code alone asks for the pause."""
    content = {"code": "429", "msg": "Too Many Requests"}

    assert _order(content, 400) == Refused(Why.RATE, "429", "Too Many Requests", 60_000)
    with pytest.raises(ExchangeUnreachable) as raised:
        answer_to_question(_reply(content, 400), ASKED)
    assert raised.value.retry_after_ms == 60_000


DATE = "Sat, 21 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("retry_after", "wait_ms"),
    [
        ("5", 5_000),
        (" 5 ", 5_000),
        ("", 60_000),
        ("soon", 60_000),
        ("-5", 60_000),
        ("1.5", 60_000),
        ("9" * 5_000, 60_000),
        ("999999999", 3 * 86_400_000),
        ("Sat, 21 Nov 2026 08:00:30 GMT", 30_000),
        ("Sat, 21 Nov 2026 07:00:00 GMT", 0),
        ("Sat, 99 Nov 2026 07:00:00 GMT", 60_000),
    ],
)
def test_pause_when_retry_after_is_given_then_it_wins_within_reason(
    retry_after: str, wait_ms: int
) -> None:
    """Seconds or a date; nonsense is passed over, and three days are the longest ban known."""
    answer = _order(HTML, 429, retry_after=retry_after, date=DATE)
    assert isinstance(answer, Unclear)
    assert answer.pause_ms == wait_ms


@pytest.mark.parametrize(
    "content", [{"code": 30004, "msg": "x" * 10_000}, {"code": 9, "msg": "x" * 9_999}]
)
def test_message_when_it_is_endless_then_it_is_cut(content: dict[str, Any]) -> None:
    """What the venue writes is shown to people and stored; a few words are enough."""
    answer = _order(content, 400)
    assert len(answer.message if isinstance(answer, Refused) else repr(answer)) < 300


# -- what it is called


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (_reply(YES), ""),
        (_reply([{"a": 1}]), ""),
        (_reply({"code": 200, "msg": "success"}), ""),
        (_reply(NO, 400), "30004"),
        (_reply(NO), "30004"),
        (_reply({"code": -2013, "msg": "Order does not exist"}, 400), ""),
        (_reply({"code": 424242, "msg": "new"}, 400), "424242"),
        (_reply(HTML, 403), "HTTP_403"),
        (_reply(b"", 503), "HTTP_503"),
        (_reply({"code": 200}, 500), "HTTP_500"),
        (_reply({"filler": "x" * 5_000}), ""),
        (NoReply("reset", unsent=False), "NO_ANSWER"),
        (NoReply("refused", unsent=True, unreachable=True), "UNSENT"),
    ],
)
def test_error_when_an_answer_is_of_no_use_then_it_has_a_name(
    reply: Reply | NoReply, name: str
) -> None:
    """The code, the status where there is none, or that nobody answered; not found is an answer."""
    assert error_of(reply) == name
