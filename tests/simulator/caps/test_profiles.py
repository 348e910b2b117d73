"""Laws of the named caps."""

import pytest

from orderdesk.simulator.caps.profiles import PROFILES, CapsMisspelled, profile, read_numbers


def test_profile_when_read_then_mexc_s_numbers_stand_with_their_source() -> None:
    """The book's numbers: 12 orders and 20 requests a second, 300 and 500 weight in ten."""
    chosen = profile("mexc-2026-09")
    assert {cap.name: (cap.limit, cap.span_ms, cap.scope) for cap in chosen.caps} == {
        "orders_per_s": (12, 1_000, "uid"),
        "requests_per_s": (20, 1_000, "ip"),
        "weight_per_10_s": (300, 10_000, "ip"),
        "uid_weight_per_10_s": (500, 10_000, "uid"),
        "GET /api/v3/account": (2, 1_000, "uid"),
        "POST /api/v3/batchOrders": (2, 1_000, "uid"),
    }
    assert all(named.source and named.name == name for name, named in PROFILES.items())


def test_with_limits_when_numbers_are_given_then_only_those_caps_change() -> None:
    """A campaign may set any number, the firewall's too."""
    chosen = profile("mexc-2026-09", {"orders_per_s": 40, "firewall": 1_000})
    limits = {cap.name: cap.limit for cap in chosen.caps}
    assert (limits["orders_per_s"], limits["requests_per_s"]) == (40, 20)
    assert chosen.firewall is not None
    assert chosen.firewall.limit == 1_000


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("binance", {}), ("campaign", {"orders": 1}), ("mexc-2026-09", {"orders_per_s": 0})],
)
def test_profile_when_there_is_none_then_it_is_refused(name: str, numbers: dict[str, int]) -> None:
    """Nobody measures against a cap that is not there."""
    with pytest.raises(CapsMisspelled):
        profile(name, numbers)


def test_read_numbers_when_an_endpoint_is_named_then_its_limit_is_read() -> None:
    """The name of a cap may hold spaces and slashes."""
    assert read_numbers(["GET /api/v3/account=5", "orders_per_s=40"]) == {
        "GET /api/v3/account": 5,
        "orders_per_s": 40,
    }
