"""The whole table of codes, stated once more by hand, and what each does to order and question.

Written from MEXC's error table (spot v3 docs, Jan 2026), ccxt 4.5.90 and recorded live answers,
not from the code: the two statements must agree.
"""

import json
from typing import NamedTuple

import pytest

from orderdesk.core.answers import Refused, Unclear, Why
from orderdesk.errors import DeskError, ExchangeDenied, ExchangeRefused, ExchangeUnreachable
from orderdesk.exchanges.http import Reply
from orderdesk.exchanges.mexc.error_codes import CODES
from orderdesk.exchanges.mexc.verdicts import answer_to_order, answer_to_question


class Fate(NamedTuple):
    """What a code does to an order (None: it stays open) and to a question."""

    order: Why | None
    question: type[DeskError]


REJECT = Fate(Why.REJECT, ExchangeRefused)
AUTH = Fate(Why.AUTH, ExchangeDenied)
BUG = Fate(Why.BUG, ExchangeRefused)
CLOCK = Fate(Why.CLOCK, ExchangeUnreachable)
RATE = Fate(Why.RATE, ExchangeUnreachable)
RETRY = Fate(None, ExchangeUnreachable)
AMBIGUOUS = Fate(None, ExchangeUnreachable)
INFO = Fate(None, ExchangeRefused)
NOT_OURS = Fate(None, ExchangeRefused)

ROWS: tuple[tuple[Fate, str], ...] = (
    (BUG, "400"),  # api key required, or a bad request
    (AUTH, "401 403"),
    (RATE, "429"),
    (REJECT, "26 10007"),  # not open to the API; symbol not support api
    (AUTH, "602 10001 10015 10072"),
    (CLOCK, "10073"),
    (REJECT, "10095 10096 10097 10098 10101 10102"),
    (NOT_OURS, "10099 10100 10103 10200 10201 10202 10206 10211 10212 10216 10219 10222"),
    (NOT_OURS, "10232 10259 10265 10268"),  # transfers and withdrawals
    (RETRY, "11444"),
    (REJECT, "20001"),
    (AMBIGUOUS, "20002"),
    (INFO, "22222"),
    (REJECT, "30000 30001 30002 30003 30004 30005 30010 30014 30016 30018 30019 30020 30021"),
    (REJECT, "30025 30027 30028 30029 30032 30041 30051 30087"),
    (INFO, "30026"),
    (BUG, "33333 44444"),
    (AUTH, "60005"),
    (REJECT, "70011"),
    (AUTH, "700001 700002 700006 700007 700011"),
    (CLOCK, "700003"),
    (BUG, "700004 700005 700008 700013"),
    (NOT_OURS, "730000 730001 730002 730003 730100 730101 730600 730601 730602"),
    (NOT_OURS, "730700 730701 730702 730703 730704 730705 730706 730707 140001 140002"),
    (INFO, "-2013 -2011"),
    (REJECT, "-1121"),
    (BUG, "-1128"),
    (NOT_OURS, "88004 88009 88013 88015"),  # the margin era
)
FATES = {code: fate for fate, codes in ROWS for code in codes.split()}
CASES = [pytest.param(code, fate, id=code) for code, fate in FATES.items()]


def _reply(code: int | str, status: int = 400) -> Reply:
    envelope = {"code": code, "msg": "what MEXC says", "_extend": None}
    return Reply(status, {"content-type": "application/json"}, json.dumps(envelope).encode())


def test_table_when_compared_then_it_has_every_code_and_no_other() -> None:
    """No code is forgotten, and none is invented; Binance's are not MEXC's."""
    assert set(CODES) == set(FATES)
    assert not set(CODES) & {"-1000", "-1001", "-1003", "-1021", "-1022", "-1100", "-2010", "-2015"}


@pytest.mark.parametrize(("code", "fate"), CASES)
def test_code_when_it_answers_an_order_then_its_fate_is_the_tables(code: str, fate: Fate) -> None:
    """A known no is a no of its kind; whatever else a code means, the order stays open."""
    answer = answer_to_order(_reply(int(code)))

    if fate.order is None:
        assert isinstance(answer, Unclear)
        assert answer.pause_ms is None
    else:
        assert isinstance(answer, Refused)
        assert (answer.why, answer.code, answer.message) == (fate.order, code, "what MEXC says")
        assert answer.this_attempt_only == (fate.order in (Why.CLOCK, Why.RATE))


@pytest.mark.parametrize(("code", "fate"), CASES)
def test_code_when_it_answers_a_question_then_its_error_is_the_tables(
    code: str, fate: Fate
) -> None:
    """What may pass is asked again; what will not is a no that carries its code."""
    with pytest.raises(fate.question) as raised:
        answer_to_question(_reply(int(code)), "GET /api/v3/order")

    assert type(raised.value) is fate.question
    assert code in raised.value.message
    if isinstance(raised.value, ExchangeRefused):
        assert raised.value.code == code


def test_codes_when_they_come_as_text_then_they_mean_the_same() -> None:
    """MEXC writes codes as numbers and, on some endpoints, as text."""
    for code in FATES:
        assert answer_to_order(_reply(code)) == answer_to_order(_reply(int(code)))


def test_codes_when_the_server_failed_around_them_then_the_order_is_unclear() -> None:
    """MEXC's docs: after a 5xx the outcome is unknown, whatever else stands in it."""
    for code in FATES:
        assert isinstance(answer_to_order(_reply(int(code), 503)), Unclear)
        with pytest.raises(ExchangeUnreachable):
            answer_to_question(_reply(int(code), 503), "GET /api/v3/order")


def test_symbol_when_the_key_may_not_trade_it_then_the_refusal_says_so() -> None:
    """Codes that speak of the symbol, not of the order, and those that do not."""
    answers = {code: answer_to_order(_reply(int(code))) for code in FATES}
    off = {code for code, answer in answers.items() if isinstance(answer, Refused)}
    off = {code for code in off if getattr(answers[code], "symbol_off", False)}
    assert off == {"26", "10007", "30020", "70011"}
