"""Laws of several accounts: each has its own money, orders and number, and all of it is kept."""

from decimal import Decimal
from pathlib import Path

import pytest

from orderdesk.simulator.engine.accounts import HOUSE
from orderdesk.simulator.keys import Key, KeyMisspelled, read_key
from tests.simulator.floor import Floor

_OTHER = {"account": "other", "api_key": "other-key", "api_secret": "other-secret"}


def _traded(floor: Floor, other: Floor) -> None:
    floor.rest(price="59999.9", quantity="0.001")
    other.signed("POST", "order", symbol="BTCUSDT", side="SELL", type="MARKET", quantity="0.001")


def test_open_key_when_it_is_new_then_it_trades_with_money_of_its_own(floor: Floor) -> None:
    """Two traders meet in the book; neither sees the other's orders, both see their own half."""
    assert floor.admin("POST", "accounts", {**_OTHER, "balances": {"BTC": "1"}})[0] == 200
    other = floor.of_key("other-key", "other-secret")
    assert [row["asset"] for row in other.signed("GET", "account")["balances"]] == ["BTC"]
    assert other.signed("GET", "uid") != floor.signed("GET", "uid")
    _traded(floor, other)
    [bought], [sold] = (each.signed("GET", "myTrades", symbol="BTCUSDT") for each in (floor, other))
    assert (bought["isMaker"], sold["isMaker"]) == (True, False)
    assert (bought["price"], bought["qty"]) == (sold["price"], sold["qty"]) == ("59999.9", "0.001")
    assert (bought["commission"], sold["commission"]) == ("0", "0.02999995")
    assert other.code("GET", "order", symbol="BTCUSDT", orderId=bought["orderId"]) == -2013
    assert other.code("DELETE", "order", symbol="BTCUSDT", orderId=bought["orderId"]) == -2011


def test_open_key_when_the_home_is_opened_again_then_account_and_orders_are_there(
    tmp_path: Path,
) -> None:
    """Whoever was let in at the door is let in after a restart."""
    floor = Floor(home=tmp_path)
    floor.admin("POST", "accounts", {**_OTHER, "balances": {"BTC": "1"}, "closed_symbols": ["X"]})
    _traded(floor, floor.of_key("other-key", "other-secret"))
    told = floor.of_key("other-key", "other-secret").signed("GET", "account")
    listed = floor.admin("GET", "accounts")
    floor.venue.close()
    for _ in range(2):
        again = Floor(home=tmp_path)
        assert again.of_key("other-key", "other-secret").signed("GET", "account") == told
        assert again.admin("GET", "accounts") == listed
        again.venue.close()


def test_listed_when_keys_are_shown_then_their_secrets_are_not(floor: Floor) -> None:
    """The door tells who there is, not how to sign."""
    _, shown = floor.admin("POST", "accounts", {**_OTHER, "permissions": ["SPOT_DEAL_READ"]})
    assert [row["account"] for row in shown["accounts"]] == ["paper", "other"]
    assert shown["accounts"][1]["permissions"] == ["SPOT_DEAL_READ"]
    assert "secret" not in str(shown)


@pytest.mark.parametrize(
    "options",
    [
        {"account": ""},
        {"api_key": "paper-key"},
        {"account": HOUSE},
        {"permissions": ["EVERYTHING"]},
        {"permissions": "SPOT_DEAL_READ"},
        {"balances": {"BTC": "-1"}},
        {"balances": {"BTC": "much"}},
        {"balance": {}},
    ],
)
def test_open_key_when_it_is_misspelled_then_nothing_is_opened(
    floor: Floor, options: dict[str, object]
) -> None:
    """What would be another account than the one that was meant is an error."""
    status, content = floor.admin("POST", "accounts", _OTHER | options)
    assert status == 400
    assert content["error"]
    assert list(floor.venue.keys) == ["paper-key"]


def test_deposit_when_money_comes_or_goes_then_sums_still_hold(floor: Floor) -> None:
    """What a trader is given somebody owes; nobody withdraws what is not free."""
    ledger = floor.venue.exchange.ledger
    for amount in ("5", "-2.5"):
        floor.admin("POST", "deposits", {"account": "paper", "asset": "BTC", "amount": amount})
    assert ledger.account("paper").balance("BTC").free == Decimal(3)
    assert sum(a.balance("BTC").free for a in ledger.accounts.values()) == 0
    for options in ({"amount": "-4"}, {"amount": "some"}, {"amount": "1", "account": HOUSE}):
        asked = {"account": "paper", "asset": "BTC", **options}
        assert floor.admin("POST", "deposits", asked)[0] == 400


def test_read_key_when_a_part_is_missing_then_it_says_the_form() -> None:
    """A secret may hold a colon or an equals sign; a key or a name may not."""
    assert read_key("a=k:s:=") == ("k", Key("s:=", "a"))
    for text in ("a=k", "k:s", "=k:s", "a=:s", ""):
        with pytest.raises(KeyMisspelled, match="ACCOUNT=KEY:SECRET"):
            read_key(text)
