"""Answers to a question: its content, or an error that says whether to ask again."""

import json
from decimal import Decimal
from typing import Any

import pytest

from orderdesk.errors import ExchangeDenied, ExchangeRefused, ExchangeUnreachable
from orderdesk.exchanges.http import NoReply, Reply
from orderdesk.exchanges.mexc.verdicts import answer_to_question

ASKED = "GET /api/v3/order"
HTML = b"<html><head><title>Access Denied</title></head><body>Reference #18</body></html>"
NO = {"code": 30004, "msg": "Insufficient position"}


def _reply(content: object, status: int = 200, **headers: str) -> Reply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize("content", [{}, [], {"code": 0, "data": {}}, {"code": "200", "data": []}])
def test_question_when_2xx_says_success_then_its_content_comes_back(content: object) -> None:
    """Bare or wrapped in code 0 or 200, it is an answer."""
    assert answer_to_question(_reply(content), ASKED) == content


def test_question_when_numbers_are_json_then_they_stay_exact() -> None:
    """Rates come as 0E-18 and 0.0005, as numbers; no float ever sees them."""
    content = answer_to_question(_reply(b'{"a": 0E-18, "b": 0.0005, "c": 12}'), ASKED)
    assert content == {"a": Decimal(0), "b": Decimal("0.0005"), "c": 12}
    assert {type(content["a"]), type(content["b"])} == {Decimal}


@pytest.mark.parametrize(
    "content", [b"", b"{", HTML, b"\xff", b"[" * 100_000, b"1e99999999999999999999"]
)
def test_question_when_2xx_cannot_be_read_then_it_is_no_answer(content: bytes) -> None:
    """Asking again is safe, so it is trouble that may pass."""
    with pytest.raises(ExchangeUnreachable):
        answer_to_question(_reply(content), ASKED)


@pytest.mark.parametrize("status", [403, 418, 429])
@pytest.mark.parametrize("content", [HTML, b"", {"code": 418, "msg": "?"}, {"code": 7, "msg": "?"}])
def test_question_when_a_wall_answers_then_everybody_pauses(status: int, content: object) -> None:
    """Who is asked to stop stops, whatever the page looks like."""
    with pytest.raises(ExchangeUnreachable) as raised:
        answer_to_question(_reply(content, status, retry_after="9"), ASKED)
    assert raised.value.retry_after_ms == 9_000


@pytest.mark.parametrize("content", [{"code": 403, "msg": "Access Denied"}, NO])
def test_question_when_403_speaks_mexcs_language_then_it_is_a_no(content: dict[str, Any]) -> None:
    """In MEXC's own envelope a known code counts: denied is denied, refused is refused."""
    wanted = ExchangeDenied if content["code"] == 403 else ExchangeRefused
    with pytest.raises(ExchangeRefused) as raised:
        answer_to_question(_reply(content, 403), ASKED)
    assert type(raised.value) is wanted


@pytest.mark.parametrize("unsent", [True, False])
def test_question_when_there_is_no_reply_then_it_is_unreachable(unsent: bool) -> None:
    """A question may always be asked again."""
    with pytest.raises(ExchangeUnreachable, match="the connection broke"):
        answer_to_question(NoReply("the connection broke", unsent=unsent), ASKED)


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize("content", [HTML, b"", {"code": 404, "msg": "no such path"}])
def test_question_when_the_venue_has_no_such_endpoint_then_it_is_a_no(
    status: int, content: object
) -> None:
    """Asking again will not make one."""
    with pytest.raises(ExchangeRefused) as raised:
        answer_to_question(_reply(content, status), ASKED)
    assert raised.value.code == str(status)


@pytest.mark.parametrize("content", [HTML, b"", {"code": 99, "msg": "?"}, {"message": "who?"}])
def test_question_when_401_is_all_it_says_then_the_key_is_denied(content: object) -> None:
    """Whoever is not let in is not let in again."""
    with pytest.raises(ExchangeDenied):
        answer_to_question(_reply(content, 401), ASKED)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
@pytest.mark.parametrize("content", [HTML, b"", NO, {"orderId": "1"}])
def test_question_when_the_server_failed_then_it_may_be_asked_again(
    status: int, content: object
) -> None:
    """A failing server is believed in nothing."""
    with pytest.raises(ExchangeUnreachable) as raised:
        answer_to_question(_reply(content, status), ASKED)
    assert raised.value.retry_after_ms is None
