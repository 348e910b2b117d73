"""Costs and caps: the numbers of the documentation, and the profiles by name."""

import pytest

from orderdesk.core.tokens import Cost
from orderdesk.errors import SettingsError
from orderdesk.exchanges.mexc import limits

DOCUMENTED = {
    "GET /api/v3/ping": (1, 0),
    "GET /api/v3/time": (1, 0),
    "GET /api/v3/exchangeInfo": (25, 0),
    "GET /api/v3/selfSymbols": (1, 0),
    "GET /api/v3/uid": (1, 0),
    "GET /api/v3/ticker/price": (10, 0),
    "GET /api/v3/ticker/bookTicker": (10, 0),
    "GET /api/v3/depth": (3, 0),
    "POST /api/v3/order": (1, 1),
    "POST /api/v3/order/test": (1, 0),
    "POST /api/v3/batchOrders": (10, 20),
    "DELETE /api/v3/order": (1, 1),
    "DELETE /api/v3/openOrders": (1, 1),
    "DELETE /api/v3/order/all": (1, 1),
    "GET /api/v3/order": (2, 0),
    "GET /api/v3/openOrders": (3, 0),
    "GET /api/v3/allOrders": (10, 0),
    "GET /api/v3/myTrades": (10, 0),
    "GET /api/v3/account": (10, 0),
    "GET /api/v3/tradeFee": (20, 0),
}


def test_costs_when_read_then_they_are_the_documented_ones() -> None:
    """The larger of the docs' weight (Jan 2026) and ccxt's (Oct 2026); cancels count as orders."""
    ours = [value for value in vars(limits).values() if isinstance(value, Cost)]

    assert {cost.name: (cost.weight, cost.orders) for cost in ours} == DOCUMENTED


def test_profile_when_it_is_the_default_then_it_is_what_mexc_allows() -> None:
    """12 orders and 20 requests a second, weight 300 in ten; two endpoints have their own."""
    caps = limits.profile(limits.DEFAULT_PROFILE)

    assert caps.profile == "mexc-2026-09"
    assert (caps.orders_per_s, caps.requests_per_s, caps.weight_per_10_s) == (12, 20, 300)
    assert dict(caps.endpoints_per_s) == {
        "GET /api/v3/account": 2,
        "POST /api/v3/batchOrders": 2,
    }


def test_profile_when_it_is_the_campaign_then_every_cap_is_ten_times_wider() -> None:
    """A campaign is quick, and still held to caps."""
    real, wide = limits.profile(limits.DEFAULT_PROFILE), limits.profile("campaign")

    assert wide.orders_per_s >= 10 * real.orders_per_s
    assert wide.requests_per_s >= 10 * real.requests_per_s
    assert wide.weight_per_10_s >= 10 * real.weight_per_10_s
    for name, cap in real.endpoints_per_s:
        assert dict(wide.endpoints_per_s)[name] >= 10 * cap


def test_profiles_when_listed_then_each_knows_its_name() -> None:
    """The name in a report is the name in the settings."""
    assert all(caps.profile == name for name, caps in limits.PROFILES.items())


def test_profile_when_unknown_then_the_error_names_the_setting_and_the_choices() -> None:
    """A wrong setting stops the start, with what to do."""
    with pytest.raises(SettingsError, match=r"mexc-2026-09, campaign") as raised:
        limits.profile("binance")

    assert (raised.value.name, raised.value.value) == ("ORDERDESK_CAPS", "binance")


def test_profile_when_numbers_are_overridden_then_those_count_and_the_rest_stays() -> None:
    """Every number of a profile can be another one."""
    caps = limits.profile(
        limits.DEFAULT_PROFILE,
        {"orders_per_s": 8, "GET /api/v3/account": 1, "GET /api/v3/depth": 5},
    )
    plain = limits.profile(limits.DEFAULT_PROFILE)
    assert (caps.orders_per_s, caps.requests_per_s) == (8, plain.requests_per_s)
    assert dict(caps.endpoints_per_s) == {
        **dict(plain.endpoints_per_s),
        "GET /api/v3/account": 1,
        "GET /api/v3/depth": 5,
    }


@pytest.mark.parametrize("numbers", [{"orders": 8}, {"weight_per_10_s": 24}])
def test_profile_when_a_number_cannot_be_meant_then_it_says_what_can(
    numbers: dict[str, int],
) -> None:
    """A misspelt cap, or a pool too small for a request that the desk sends."""
    with pytest.raises(SettingsError) as raised:
        limits.profile(limits.DEFAULT_PROFILE, numbers)
    assert raised.value.name == "ORDERDESK_CAPS_NUMBERS"
