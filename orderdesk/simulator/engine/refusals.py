"""Every "no" this exchange can say, with MEXC's own code and words.

A refusal is a value, never an exception. It is always said before matching: a refused order has
no id and leaves no trace. Codes: MEXC spot v3 docs, "Error Code" table, Jan 2026; where only a
client library or a recorded answer knows the code, that source stands beside it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """MEXC's code and message for something it did not do."""

    code: int
    message: str


API_KEY_REQUIRED = Refusal(400, "api key required")
BAD_SYMBOL = Refusal(10007, "symbol not support api")
ACCESS_KEY_UNKNOWN = Refusal(10072, "Invalid access key")
TOO_MANY_DECIMALS = Refusal(10096, "amount scale too large")
AMOUNT_NOT_POSITIVE = Refusal(10102, "amount cannot be zero or negative")
INSUFFICIENT_BALANCE = Refusal(10101, "Insufficient balance")
RECORD_UNKNOWN = Refusal(22222, "record does not exist")
SIDE_NOT_ALLOWED = Refusal(30001, "current transaction direction is not allowed")
INSUFFICIENT_POSITION = Refusal(30004, "Insufficient position")
NO_VALID_PRICE = Refusal(30010, "no valid trade price")
TRADING_DISABLED = Refusal(30016, "trading disabled")
MARKET_ORDER_DISABLED = Refusal(30019, "api market order is disabled")
NO_OPPOSITE_ORDER = Refusal(30025, "no opposite order")
# The cap is 500 unfilled orders an account (MEXC API FAQ, question 5).
TOO_MANY_OPEN_ORDERS = Refusal(30029, "exceeds maximum number of orders")
# For LIMIT_MAKER no source names the code. 30041 ("order type cannot be placed now") is the
# table's only code about an order's type; a client must treat both it and 30010 as final.
WOULD_TAKE = Refusal(30041, "current order type can not place order")
# Code and words as ccxt 4.5.90 (Oct 2026) knows them.
PRICE_OUT_OF_BAND = Refusal(30087, "Order price exceeds allowed range")
KEY_FORMAT = Refusal(700001, "API-key format invalid.")
SIGNATURE_INVALID = Refusal(700002, "Signature for this request is not valid.")
OUTSIDE_WINDOW = Refusal(700003, "Timestamp for this request is outside of the recvWindow.")
WINDOW_TOO_LONG = Refusal(700005, "recvWindow must less than 60000")
NOT_PERMITTED = Refusal(700007, "No permission to access the endpoint.")
CLIENT_ID_ILLEGAL = Refusal(
    700008,
    "Illegal characters found in parameter 'newClientOrderId'; legal range is"
    " '^[0-9a-zA-Z_-]{1,32}$'.",
)
# Recorded live by the public "MEXC trading connector" spec, 2026-09-25: margin is closed.
INTERFACE_CLOSED = Refusal(700011, "This interface is not allowed")
CONTENT_TYPE = Refusal(700013, "Invalid content Type.")
# At most 10 groups; which code says so no source names.
TOO_MANY_GROUPS = Refusal(730003, "Unsupported operation, please contact the customer service")
SYMBOL_UNKNOWN = Refusal(-1121, "Invalid symbol.")
COMBINATION_INVALID = Refusal(-1128, "Combination of optional parameters invalid.")
# -2013 and -2011 are in no table of the docs; both are met in practice (hummingbot connector,
# Jul 2026; ccxt issue 21614; the public "MEXC trading connector" spec, 2026-09-25).
ORDER_UNKNOWN = Refusal(-2013, "Order does not exist.")
CANCEL_UNKNOWN = Refusal(-2011, "Unknown order sent.")


def below_minimum(minimum: str) -> Refusal:
    """Say that the order is too small; MEXC's message carries the number."""
    return Refusal(30002, f"The minimum transaction volume cannot be less than: {minimum}")


def above_maximum(maximum: str) -> Refusal:
    """Say that the order is too large; MEXC's message carries the number."""
    return Refusal(30003, f"The maximum transaction volume cannot be greater than: {maximum}")


def parameter_missing(name: str) -> Refusal:
    """Say which mandatory parameter was absent or empty."""
    return Refusal(
        700004,
        f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
    )


def parameter_error(name: str) -> Refusal:
    """Say which parameter has a value that is not understood."""
    return Refusal(33333, f"param error: {name}")
