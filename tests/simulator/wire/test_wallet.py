"""Laws of the wallet: coins are listed, and stay where they are."""

from tests.simulator.floor import Floor


def test_coins_when_listed_then_each_of_the_listing_is_there_and_closed(floor: Floor) -> None:
    """Clients learn the coins from here before they trade; none can be paid in or out."""
    coins = floor.signed("GET", "capital/config/getall")
    listing = floor.public("exchangeInfo")["symbols"]
    wanted = {row["baseAsset"] for row in listing} | {row["quoteAsset"] for row in listing}
    assert {coin["coin"] for coin in coins} == wanted
    networks = [network for coin in coins for network in coin["networkList"]]
    assert not any(row["depositEnable"] or row["withdrawEnable"] for row in networks)


def test_coins_when_nobody_signed_then_they_are_not_told(floor: Floor) -> None:
    """The wallet's endpoints are private."""
    assert floor.public("capital/config/getall")["code"] == 400
