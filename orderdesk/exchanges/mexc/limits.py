"""What MEXC allows and what each request costs: every number with its source and date.

The caps are not discoverable (exchangeInfo.rateLimits is always empty), so they are
named, dated profiles. Where two sources give a weight, the larger stands.
"""

from collections.abc import Mapping

from orderdesk.core.tokens import Caps, Cost
from orderdesk.errors import SettingsError

# Weights: MEXC spot v3 docs of Jan 2026 and ccxt 4.5.90 of Oct 2026, per IP. Where ccxt asks
# more, both stand behind the row: it followed the docs through the re-weighting of 2026.
# Orders and cancels count in the account's own pool, a request as one.
PING = Cost("GET /api/v3/ping", 1)
TIME = Cost("GET /api/v3/time", 1)
EXCHANGE_INFO = Cost("GET /api/v3/exchangeInfo", 25)  # docs 10, ccxt 25
SELF_SYMBOLS = Cost("GET /api/v3/selfSymbols", 1)
UID = Cost("GET /api/v3/uid", 1)  # since 2025-09-17
TICKER_PRICE = Cost("GET /api/v3/ticker/price", 10)  # docs 1 for one symbol, ccxt 10
BOOK_TICKER = Cost("GET /api/v3/ticker/bookTicker", 10)  # docs 1, ccxt 10
DEPTH = Cost("GET /api/v3/depth", 3)  # docs 1, ccxt 3
PLACE = Cost("POST /api/v3/order", 1, orders=1)
TEST_ORDER = Cost("POST /api/v3/order/test", 1)
BATCH = Cost("POST /api/v3/batchOrders", 10, orders=20)  # docs 1, ccxt 10; 20 orders at most
CANCEL = Cost("DELETE /api/v3/order", 1, orders=1)
CANCEL_OPEN = Cost("DELETE /api/v3/openOrders", 1, orders=1)
CANCEL_EVERYTHING = Cost("DELETE /api/v3/order/all", 1, orders=1)  # ccxt and JKorf, 2026-07
QUERY_ORDER = Cost("GET /api/v3/order", 2)
OPEN_ORDERS = Cost("GET /api/v3/openOrders", 3)
ALL_ORDERS = Cost("GET /api/v3/allOrders", 10)
MY_TRADES = Cost("GET /api/v3/myTrades", 10)
ACCOUNT = Cost("GET /api/v3/account", 10)
TRADE_FEE = Cost("GET /api/v3/tradeFee", 20)

DEFAULT_PROFILE = "mexc-2026-09"

PROFILES = {
    DEFAULT_PROFILE: Caps(
        profile=DEFAULT_PROFILE,
        # MEXC support to JKorf/Mexc.Net#42, 2026-01-07; docs read on 2026-09-25: order and
        # cancel share one bucket per UID.
        orders_per_s=12,
        # MEXC support, same thread: "all requests together".
        requests_per_s=20,
        # api-evangelist/mexc, 2026-06-13, and the docs read on 2026-09-25: per IP.
        weight_per_10_s=300,
        # MEXC spot v3 docs, batchOrders since 2022-07-08, both still there in Jan 2026.
        endpoints_per_s=((ACCOUNT.name, 2), (BATCH.name, 2)),
    ),
    # For tests and fault campaigns against our own simulator: 50 times MEXC's, still held.
    "campaign": Caps(
        profile="campaign",
        orders_per_s=600,
        requests_per_s=1_000,
        weight_per_10_s=15_000,
        endpoints_per_s=((ACCOUNT.name, 100), (BATCH.name, 100)),
    ),
}


SENT = (PLACE, CANCEL, EXCHANGE_INFO, ALL_ORDERS, TRADE_FEE)
"""The heaviest requests that the desk sends; every pool must be able to hold them."""


def profile(name: str, numbers: Mapping[str, int] | None = None) -> Caps:
    """Return a profile of caps by name, with other numbers for some of its caps.

    Args:
        name: a key of `PROFILES`.
        numbers: by `orders_per_s`, `requests_per_s`, `weight_per_10_s`, or by an endpoint, like
            `GET /api/v3/account`, in calls per second.

    Raises:
        SettingsError: there is no such profile, cap or endpoint, or a request would not fit.
    """
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        raise SettingsError(
            f"ORDERDESK_CAPS={name!r} is no profile of caps: choose one of {known}",
            "ORDERDESK_CAPS",
            name,
            f"one of {known}",
        )
    return _with(PROFILES[name], numbers or {})


def _with(caps: Caps, numbers: Mapping[str, int]) -> Caps:
    endpoints = {cost.name for cost in globals().values() if isinstance(cost, Cost)}
    if unknown := set(numbers) - set(_POOLS) - endpoints:
        names = ", ".join(sorted(unknown))
        raise _no_number(names, f"one of {', '.join(_POOLS)}, or an endpoint like {ACCOUNT.name}")
    least = max(cost.weight for cost in SENT)
    if numbers.get("weight_per_10_s", least) < least:
        raise _no_number("weight_per_10_s", f"{least} or more: {EXCHANGE_INFO.name} weighs so much")
    capped = dict(caps.endpoints_per_s) | {n: v for n, v in numbers.items() if n in endpoints}
    return Caps(
        caps.profile,
        numbers.get("orders_per_s", caps.orders_per_s),
        numbers.get("requests_per_s", caps.requests_per_s),
        numbers.get("weight_per_10_s", caps.weight_per_10_s),
        tuple(capped.items()),
    )


_POOLS = ("orders_per_s", "requests_per_s", "weight_per_10_s")


def _no_number(names: str, rule: str) -> SettingsError:
    name = "ORDERDESK_CAPS_NUMBERS"
    return SettingsError(f"{name}: {names} must be {rule}", name, names, rule)
