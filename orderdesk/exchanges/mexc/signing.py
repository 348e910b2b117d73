"""Sign requests as MEXC spot v3 asks: HMAC-SHA256 over exactly the query that is sent.

Source: MEXC spot v3 docs, "Signed", Jan 2026. Order of parameters is free; percent-encoding is
upper-case, a space is %20 (ccxt 4.5.90 too), the digest is lower-case hex and goes last. The
query is built once: whoever encodes it again, or hands it to a client's `params=`, breaks it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import quote, urlencode

Pairs = Sequence[tuple[str, str]]


def encoded(pairs: Pairs) -> str:
    """Return the query string, to be signed and sent as it is."""
    return urlencode(pairs, quote_via=quote, safe="")


def signature(text: str, secret: str) -> str:
    """Return the lower-case hex digest of the bytes that are sent."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed_query(pairs: Pairs, secret: str) -> str:
    """Return the query string with its signature."""
    query = encoded(pairs)
    return f"{query}&signature={signature(query, secret)}"
