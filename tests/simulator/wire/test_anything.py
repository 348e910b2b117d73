"""The law of every endpoint: whatever is sent, it answers as MEXC would, and money adds up."""

import json
from collections import defaultdict
from decimal import Decimal
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.simulator.wire.routes import ADMIN, ENDPOINTS
from tests.simulator.floor import START_MS, Floor

_ROUTES = sorted((method, path) for path, methods in ENDPOINTS.items() for method in methods)
_MEXCS = [(method, path) for method, path in _ROUTES if not path.startswith(ADMIN)]
_ADMINS = [(method, path) for method, path in _ROUTES if path.startswith(ADMIN)]

_numbers = st.one_of(
    st.sampled_from(["0", "1", "-1", "0.001", "59000", "9" * 18, "1e5", "NaN", "Infinity"]),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.integers(min_value=0, max_value=2 * START_MS).map(str),
)
_VALUES: dict[str, st.SearchStrategy[str]] = {
    "symbol": st.sampled_from(["BTCUSDT", "MXUSDT", "KASUSDT", "NONE", "BTCUSDT,MXUSDT", ","]),
    "symbols": st.sampled_from(["BTCUSDT,ETHUSDT", "X"]),
    "side": st.sampled_from(["BUY", "SELL", "buy"]),
    "type": st.sampled_from(
        ["LIMIT", "MARKET", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL", "STOP_LOSS_LIMIT"]
    ),
    "quantity": _numbers,
    "price": _numbers,
    "quoteOrderQty": _numbers,
    "newClientOrderId": st.text(max_size=40),
    "origClientOrderId": st.text(max_size=40),
    "orderId": st.text(max_size=10),
    "stpMode": st.sampled_from(["cancel_maker", "cancel_taker", "cancel_both", "none"]),
    "interval": st.sampled_from(["1m", "60m", "1W", "1M", "1h"]),
    "limit": _numbers,
    "startTime": _numbers,
    "endTime": _numbers,
    "recvWindow": _numbers,
    "batchOrders": st.one_of(
        st.text(max_size=20),
        st.recursive(
            st.one_of(st.none(), st.integers(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["symbol", "side", "type", "price"]), inner),
            ),
            max_leaves=5,
        ).map(json.dumps),
    ),
    "tradeGroupName": st.text(max_size=5),
    "tradeGroupId": _numbers,
    "uid": st.text(max_size=9),
}
# Most are whole but for what is drawn, or nothing would get past the first look.
_WHOLE = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.001",
    "price": "60100",
}
_WHOLE |= {"interval": "1M", "tradeGroupName": "g", "tradeGroupId": "1"}
_params = st.fixed_dictionaries({}, optional=_VALUES).map(lambda drawn: _WHOLE | drawn)
_calls = st.lists(st.tuples(st.sampled_from(_MEXCS), _params), min_size=1, max_size=8)


def _sums(floor: Floor) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for account in floor.venue.exchange.ledger.accounts.values():
        for asset, held in account.balances.items():
            sums[asset] += held.free + held.locked
    return sums


@given(_calls)
@settings(max_examples=60, deadline=None)
def test_mexc_when_anything_is_sent_then_the_answer_is_json_and_money_adds_up(
    calls: list[tuple[tuple[str, str], dict[str, str]]],
) -> None:
    """200 or MEXC's envelope with a code of its own: no handler ever breaks."""
    floor = Floor()
    floor.venue.walk()
    for (method, path), params in calls:
        encoded = {name: quote(value, safe="") for name, value in params.items()}
        status, content = floor.send(method, path.removeprefix("/api/v3/"), **encoded)
        assert status == 200 or {"code", "msg"} <= set(content)
        assert set(_sums(floor).values()) == {Decimal(0)}


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=6,
)
_options = st.dictionaries(
    st.sampled_from(
        ["kind", "ms", "count", "seed", "faults", "share", "symbol", "price", "steps", "account",
         "api_key", "api_secret", "balances", "permissions", "amount", "asset", "numbers", "holds",
         "profile", "visible_after_ms", "dedupes_client_ids"]
    ),
    _json,
)  # fmt: skip


_priced = st.fixed_dictionaries(
    {
        "symbol": st.just("BTCUSDT"),
        "price": _numbers,
        "account": st.just("paper"),
        "asset": st.just("BTC"),
        "amount": st.one_of(_numbers, st.floats()),
    }
)


@given(st.sampled_from(_ADMINS), st.one_of(_options, _priced))
@settings(max_examples=60, deadline=None)
def test_admin_when_anything_is_sent_then_it_says_what_is_wrong_and_money_adds_up(
    route: tuple[str, str], options: dict[str, object]
) -> None:
    """A mistake at the door is told there, and changes nothing."""
    floor = Floor()
    status, content = floor.admin(route[0], route[1].removeprefix(ADMIN), options)
    assert status == 200 or content["error"]
    assert set(_sums(floor).values()) == {Decimal(0)}
