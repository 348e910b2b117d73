"""Every code MEXC spot v3 is known to answer with, and what it means for an order: one table.

Sources: MEXC spot v3 docs, error table of Jan 2026; ccxt 4.5.90 (Oct 2026); live answers
recorded in a public connector spec of 2026-09-25. Codes of Binance (-1003, -1021, -2010 …)
do not exist here. What is not in the table is "don't know" for an order; the judging is done in
`verdicts.py`.
"""

from enum import StrEnum

from orderdesk.core.answers import Why


class Other(StrEnum):
    """What a code can mean beside a no."""

    AMBIGUOUS = "AMBIGUOUS"
    """It may have been done."""
    RETRY = "RETRY"
    """Not now; a question may be asked again, an order is unclear."""
    INFO = "INFO"
    """Not found, or already over: an answer to a question, none to an order."""
    ELSEWHERE = "ELSEWHERE"
    """Belongs to transfers, withdrawals, sub-accounts or margin: of an order it says nothing."""


Meaning = Why | Other


def _ranges(text: str, *codes: int | range) -> dict[str, str]:
    each = (code for part in codes for code in (part if isinstance(part, range) else (part,)))
    return {str(code): text for code in each}


TABLE: dict[Meaning, dict[str, str]] = {
    Why.REJECT: {
        "26": "operation not allowed: symbol or account is not enabled for the API",
        "10007": "symbol not supported by the API for this key",
        "10095": "amount is null",
        "10096": "too many decimals",
        "10097": "amount is wrong",
        "10098": "risk control found the request abnormal",
        "10101": "insufficient balance",
        "10102": "amount must be above zero",
        "20001": "subsystem not supported",
        "30000": "trading is suspended for the symbol",
        "30001": "this side is not allowed now",
        "30002": "below the minimum transaction volume",
        "30003": "above the maximum transaction volume",
        "30004": "insufficient position or balance",
        "30005": "oversold: more than is held",
        "30010": "no valid trade price",
        "30014": "invalid symbol",
        "30016": "trading is disabled",
        "30018": "market orders are disabled, or the account cannot place orders for now",
        "30019": "market orders are disabled for the API",
        "30020": "no permission for the symbol",
        "30021": "invalid symbol",
        "30025": "no opposite order",
        "30027": "the platform's position cap is reached",
        "30028": "risk control of the platform",
        "30029": "the limit of orders is reached",
        "30032": "the maximum position is reached",
        "30041": "this type of order cannot be placed now",
        "30051": "market orders are disabled for the API",  # hummingbot#6932, 2024-03
        "30087": "price outside the allowed band",
        "70011": "the pair is banned for this key's user",
        "-1121": "invalid symbol",
    },
    Why.AUTH: {
        "401": "no authority",
        "403": "access denied",
        "602": "signature verification failed",
        "10001": "user does not exist",
        "10015": "user id is null",
        "10072": "invalid access key",
        "60005": "the account is abnormal",
        "700001": "API key invalid, expired or deleted",
        "700002": "signature invalid, or a wrong secret",
        "700006": "this IP is not on the key's list",
        "700007": "the key has no permission for this endpoint",
        "700011": "this interface is not allowed",
    },
    Why.BUG: {
        "400": "bad request, or the API key is missing",
        "33333": "parameter error",
        "44444": "a parameter is null",
        "700004": "a mandatory parameter is missing",
        "700005": "recvWindow must be below 60000",
        "700008": "illegal characters, for instance in the client order id",
        "700013": "invalid Content-Type",
        "-1128": "the combination of parameters is invalid",
    },
    Why.CLOCK: {
        "10073": "invalid request time",
        "700003": "the timestamp is outside recvWindow",
    },
    Why.RATE: {
        "429": "too many requests",
    },
    Other.RETRY: {
        "11444": "temporarily unavailable",
    },
    Other.AMBIGUOUS: {
        "20002": "internal system error",
    },
    Other.INFO: {
        "22222": "record does not exist",
        "30026": "invalid order ids",
        "-2011": "unknown order: already ended, or not visible yet",
        "-2013": "order does not exist, or is not visible yet",
    },
    Other.ELSEWHERE: {
        **_ranges("transfers and withdrawals", 10099, 10100, 10103, range(10200, 10203), 10206),
        **_ranges("transfers and withdrawals", 10211, 10212, 10216, 10219, 10222, 10232),
        **_ranges("transfers and withdrawals", 10259, 10265, 10268),
        **_ranges("sub-accounts and keys", range(730000, 730004), 730100, 730101),
        **_ranges("sub-accounts and keys", range(730600, 730603), range(730700, 730708)),
        **_ranges("sub-accounts and keys", 140001, 140002),
        **_ranges("margin, closed since 2023-04", 88004, 88009, 88013, 88015),
    },
}
"""Meaning → code → what it says."""

CODES: dict[str, Meaning] = {code: meaning for meaning, codes in TABLE.items() for code in codes}

NO_PERMISSION = "700007"
"""The key is good, and may not ask this."""

ABSENT = frozenset({"-2013"})
"""GET order: no such order, or not visible yet; nothing else counts as an absence."""

NOT_OPEN = frozenset({"-2011", "-2013"})
"""DELETE order: already ended, never there, or not visible yet."""

SYMBOL_OFF = frozenset({"10007", "26", "30020", "70011"})
"""The symbol is off for this key: worth remembering until the markets are read again."""

UNFUNDED = frozenset({"10101", "30004", "30005"})
"""The order is in order, and the account holds too little for it."""
