"""PURE: what to do about a no of the risk gate, rule by rule.

For whoever gave the order first, and for whoever may change the limit behind it. Which rule said
no, and what it held against what, is in its `Check`.
"""

from collections.abc import Mapping

_SMALLER = "order less, cancel or close something, or have the limit raised"
_LATER = "order again later, or have the limit raised"

WHAT_TO_DO: Mapping[str, str] = {
    "RISK_SYMBOLS": "order one of those, or have this one added",
    "RISK_PRICE_MAX_AGE_MS": "order again when the venue tells its price, or order with a price",
    "RISK_UNVALUED": "order where a price in dollars is known, or have the limits in dollars off",
    "RISK_PRICE_COLLAR_PCT": "ask for a price nearer to the market's, or have the limit widened",
    "RISK_MIN_NOTIONAL": "order more, or have the limit lowered",
    "RISK_MAX_NOTIONAL": "order less at a time, or have the limit raised",
    "RISK_PORTFOLIO_MAX_AGE_MS": "order again once `sync_portfolio` has run",
    "RISK_COOLDOWN_MS": _LATER,
    "RISK_MAX_ORDERS_PER_MIN": _LATER,
    "RISK_MAX_OPEN_ORDERS": "cancel one that rests, or have the limit raised",
    "RISK_MAX_POSITION": _SMALLER,
    "RISK_MAX_OPEN_POSITIONS": "close one, or have the limit raised",
    "RISK_MAX_EXPOSURE": _SMALLER,
    "RISK_MAX_DAILY_LOSS_PCT": "sell only until the day ends (UTC), or have the limit raised",
}
"""By the rule's name. Limits are shown and changed with `orderdesk limits`."""
