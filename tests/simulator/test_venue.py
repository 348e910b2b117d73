"""Laws of the running exchange behind one door."""

from pathlib import Path
from typing import Any

from orderdesk.simulator.keys import Key
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.routes import answer
from tests.simulator.floor import Floor


def _seen(floor: Floor) -> list[Any]:
    return [
        floor.signed("GET", "account"),
        floor.public("klines", symbol="BTCUSDT", interval="1m"),
        floor.signed("GET", "allOrders", symbol="BTCUSDT"),
        floor.signed("GET", "myTrades", symbol="BTCUSDT"),
    ]


def _price(floor: Floor) -> object:
    return floor.public("ticker/price", symbol="BTCUSDT")


def test_venue_when_it_is_dropped_and_opened_again_then_nothing_answered_is_lost(
    tmp_path: Path,
) -> None:
    """Every answer is on disk before it is given: no clean end is needed."""
    before = Floor(home=tmp_path)
    before.rest()
    before.signed("POST", "order", symbol="BTCUSDT", side="BUY", type="MARKET", quoteOrderQty="100")
    before.signed("DELETE", "order", symbol="BTCUSDT", orderId=before.rest())
    before.admin("POST", "price", {"symbol": "BTCUSDT", "price": "58000"})
    # Of the candles those are kept that closed; a kill loses the minute that was open.
    before.now_ms += 60_000
    before.venue.walk()
    told = _seen(before)
    assert len(told[1]) == 2
    told[1].pop()
    # Given: the file as it is at this moment, as after a kill, in a home of its own.
    after_home = tmp_path / "after"
    after_home.mkdir()
    (after_home / "journal.jsonl").write_bytes((tmp_path / "journal.jsonl").read_bytes())
    after = Floor(home=after_home)
    assert _seen(after) == told
    assert _price(after) == _price(before)
    taken = {order["orderId"] for order in before.admin("GET", "state")[1]["orders"]}
    assert after.rest() not in taken
    before.venue.close()
    after.venue.close()


def test_venue_when_it_is_closed_then_the_walk_goes_on_where_it_stood(tmp_path: Path) -> None:
    """A clean end keeps the prices too."""
    floor = Floor(home=tmp_path)
    for _ in range(10):
        floor.venue.walk()
    prices = floor.public("ticker/price")
    floor.venue.close()
    again = Floor(home=tmp_path)
    assert again.public("ticker/price") == prices
    again.venue.close()


def test_venue_when_it_has_no_home_then_it_forgets() -> None:
    """Without a home everything is in memory."""
    Floor().rest()
    assert Floor().signed("GET", "openOrders") == []


def test_venue_when_two_keys_open_two_accounts_then_neither_sees_the_other() -> None:
    """Orders and balances belong to an account."""
    keys = {"paper-key": Key("paper-secret", "one"), "other-key": Key("paper-secret", "two")}
    floor = Floor()
    floor.venue = Venue(seed=1, keys=keys, clock=lambda: floor.now_ms)
    order_id = floor.rest()
    other = floor.signed_call("GET", "order", symbol="BTCUSDT", orderId=order_id)
    other.api_key = "other-key"
    assert "-2013" in answer(floor.venue, other).text


def test_venue_when_seed_and_calls_are_the_same_then_every_byte_of_its_journal_is(
    tmp_path: Path,
) -> None:
    """Nothing depends on the host, the process or chance: a run can be repeated."""
    journals = []
    for seed, folder in ((3, "one"), (3, "two"), (4, "other")):
        floor = Floor(home=tmp_path / folder, seed=seed)
        for step in range(30):
            floor.now_ms += 20_000
            floor.venue.walk()
            price = str(floor.public("ticker/price", symbol="BTCUSDT")["price"])
            floor.rest(price=price, quantity="0.002", newClientOrderId=f"n-{step}")
            quote = {"symbol": "MXUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "20"}
            floor.signed("POST", "order", **quote)
        floor.venue.close()
        journals.append((tmp_path / folder / "journal.jsonl").read_bytes())
    assert journals[0] == journals[1]
    assert journals[0] != journals[2]
