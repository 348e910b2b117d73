"""The user's endpoints (seed S3): their bodies, and what they cost the exchange."""

import pytest

from orderdesk.errors import ExchangeUnreachable
from tests.control.http.served import Served

TEST = "/exchange/test-order?symbol=BTC/USDT&side=buy&notional_usd=10"


def test_questions_when_asked_then_they_have_the_users_bodies(desk: Served) -> None:
    """S3 L60-L95, with amounts as text."""
    ping = desk.get("/exchange/ping").json()
    assert ping == {"ok": True, "exchange": "paper", "markets_count": 1}
    ticker = {"ok": True, "exchange": "paper", "symbol": "BTC/USDT", "price": "60000"}
    for symbol in ("BTCUSDT", "BTC/USDT", "btc-usdt"):
        assert desk.get(f"/exchange/ticker/{symbol}").json() == ticker
    markets = desk.get("/exchange/markets?limit=10").json()
    assert [one["symbol"] for one in markets["markets"]] == ["BTCUSDT"]
    assert desk.get("/exchange/balance").json()["ok"] is True


def test_ticker_when_the_symbol_is_unknown_or_none_then_404_or_422(desk: Served) -> None:
    """A typing error and a coin that is not there are two things."""
    assert desk.get("/exchange/ticker/NOPEUSDT").status_code == 404
    assert desk.get("/exchange/ticker/%3F%3F").status_code == 422


def test_ticker_when_the_exchange_gives_no_price_then_503(desk: Served) -> None:
    """Nothing is made up."""
    desk.trial.markets.prices.clear()
    assert desk.get("/exchange/ticker/BTCUSDT").status_code == 503


def test_balance_when_many_ask_then_the_exchange_is_asked_once(desk: Served) -> None:
    """Its slots are the orders' too."""
    before = len(desk.trial.throttle.admitted)
    for _ in range(5):
        assert desk.get("/exchange/balance").status_code == 200
        assert desk.get("/exchange/ping").status_code == 200
    names = [one.cost.name for one in desk.trial.throttle.admitted[before:]]
    assert len(names) == len(set(names)) <= 2


def test_dry_run_when_it_is_tried_then_nothing_is_placed_and_the_quantity_is_floored(
    desk: Served,
) -> None:
    """S3 L102-L113; 10 USD at 60,000 is 0.000166 and a bit, and never more than was asked for."""
    answer = desk.post(TEST).json()
    told = {name: answer[name] for name in ("ok", "mode", "symbol", "side", "qty", "price")}
    assert told == {
        "ok": True, "mode": "dry_run", "symbol": "BTCUSDT", "side": "buy", "qty": "0.000166",
        "price": "60000",
    }  # fmt: skip
    assert answer["filled"] is False
    assert desk.trial.queue.published == []


def test_dry_run_when_the_market_refuses_then_422_names_the_rule(desk: Served) -> None:
    """Too little for any order."""
    answer = desk.post("/exchange/test-order?symbol=BTCUSDT&side=sell&notional_usd=0.5")
    assert answer.status_code == 422
    assert "MIN_NOTIONAL" in answer.json()["error"]


def test_test_order_when_it_is_placed_then_it_goes_the_way_of_every_order(desk: Served) -> None:
    """Kept in the intake, gated, sent once, reported with what it really filled."""
    desk.producing.works = True
    answer = desk.post(f"{TEST}&dry_run=false").json()
    assert (answer["mode"], answer["filled"]) == ("paper", True)
    assert answer["order"]["status"] == "FILLED"
    assert answer["order"]["trace_id"] == "test-order:anna"
    [entry] = desk.trial.intake.entries("0-0", 10)
    assert entry.task == "place_order"


def test_test_order_when_the_desk_says_no_then_409_with_the_reason(desk: Served) -> None:
    """The risk gate stands before this door too."""
    desk.producing.works = True
    answer = desk.post(
        "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=5000&dry_run=false"
    )
    assert answer.status_code == 409
    assert "DENIED" in answer.json()["error"]


@pytest.mark.parametrize(
    "path", ["/exchange/markets", "/exchange/ping", "/exchange/ticker/BTCUSDT"]
)
def test_question_when_the_exchange_is_silent_then_503_and_when_to_come_back(
    desk: Served, path: str
) -> None:
    """Silence is told as silence."""
    desk.trial.markets.failure = ExchangeUnreachable("no answer", 2_500)
    answer = desk.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
