"""What other clients ask of the wallet before they trade: the list of coins, and no more.

Nothing can be paid in or out here, and every coin says so.
Source: MEXC spot v3 docs, "Wallet Endpoints", Jan 2026; the fields as ccxt 4.5.90 recorded them.
"""

from orderdesk.simulator.messages import Answer, Call, json_answer
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.shapes import Json

# Where a coin lives is nothing that trading depends on: one invented network for all of them.
_NETWORK = "SIMULATED"


def coins(venue: Venue, _call: Call) -> Answer:
    """List every coin of the listing with its one network, closed both ways."""
    named: dict[str, str] = {}
    for market in venue.exchange.markets.values():
        named.setdefault(market.instrument.quote, market.instrument.quote)
        named[market.instrument.base] = market.instrument.full_name
    return json_answer([_coin(coin, name) for coin, name in named.items()])


def _coin(coin: str, name: str) -> Json:
    return {"coin": coin, "Name": name, "networkList": [_network(coin, name)]}


def _network(coin: str, name: str) -> Json:
    return {
        "coin": coin,
        "depositDesc": None,
        "depositEnable": False,
        "minConfirm": 0,
        "Name": name,
        # Both spellings come, as one recorded answer and the docs show between them.
        "network": _NETWORK,
        "netWork": _NETWORK,
        "withdrawEnable": False,
        "withdrawFee": "0",
        "withdrawIntegerMultiple": None,
        "withdrawMax": "0",
        "withdrawMin": "0",
        "sameAddress": False,
        "contract": "",
    }
