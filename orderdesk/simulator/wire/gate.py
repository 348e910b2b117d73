"""Who may come in: API key, signature, time window. Written from the book, with code of its own.

What is signed is exactly what was sent: the raw query without its `signature`, and the raw body
right behind it without a separator. HMAC-SHA256 in lower-case hex; the order of the parameters is
free. Source: MEXC spot v3 docs, "Signed", Jan 2026.
"""

import hmac
import re
from collections.abc import Mapping

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.keys import Key, Permission
from orderdesk.simulator.messages import Call
from orderdesk.simulator.wire.parameters import missing, read_integer

# Accepted iff timestamp < server time + 1000 and server time - timestamp <= recvWindow; the
# window is 5000 by default and 60000 at most (MEXC spot v3 docs, "Timing security", Jan 2026).
AHEAD_MS = 1_000
DEFAULT_WINDOW_MS = 5_000
MOST_WINDOW_MS = 60_000

# The form of a key is not documented; this only tells garbage from an unknown key.
_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_MARK = "signature="


def sign(secret: str, text: str) -> str:
    """Sign a text as MEXC wants it: HMAC-SHA256 in lower-case hex."""
    return hmac.digest(secret.encode(), _bytes(text), "sha256").hex()


def split_signature(query: str, body: str) -> tuple[str, str]:
    """Give (the text that was signed, the signature); it stands in the query or in the body."""
    signed_query, in_query = _take_out(query)
    signed_body, in_body = _take_out(body)
    return signed_query + signed_body, in_query or in_body


def admit(keys: Mapping[str, Key], call: Call, permission: Permission) -> Refusal | None:
    """Refuse a signed call that does not prove itself; else note whose it is.

    The order in which MEXC asks is not documented; here: key, parameters, content type,
    signature, window, permission.
    """
    if not call.api_key:
        return refusals.API_KEY_REQUIRED
    if not _KEY.fullmatch(call.api_key):
        return refusals.KEY_FORMAT
    key = keys.get(call.api_key)
    if key is None:
        return refusals.ACCESS_KEY_UNKNOWN
    refusal = missing(call.params, ("timestamp", "signature")) or _wrong_content(call)
    refusal = refusal or _wrong_signature(key, call) or outside_window(call)
    if refusal is None and permission not in key.permissions:
        refusal = refusals.NOT_PERMITTED
    if refusal is None:
        call.account, call.closed_symbols = key.account, key.closed_symbols
    return refusal


def outside_window(call: Call) -> Refusal | None:
    """Refuse a stamp that is too far ahead or behind the exchange's clock."""
    stamp_ms = read_integer(call, "timestamp", 0)
    window_ms = read_integer(call, "recvWindow", DEFAULT_WINDOW_MS)
    if isinstance(stamp_ms, Refusal):
        return stamp_ms
    if isinstance(window_ms, Refusal):
        return window_ms
    if window_ms > MOST_WINDOW_MS:
        return refusals.WINDOW_TOO_LONG
    good = stamp_ms < call.now_ms + AHEAD_MS and call.now_ms - stamp_ms <= window_ms
    return None if good else refusals.OUTSIDE_WINDOW


def _wrong_signature(key: Key, call: Call) -> Refusal | None:
    text, signature = split_signature(call.query, call.body)
    good = hmac.compare_digest(sign(key.secret, text).encode(), _bytes(signature))
    return None if good else refusals.SIGNATURE_INVALID


def _wrong_content(call: Call) -> Refusal | None:
    # Also with an empty body: ccxt, hummingbot and MEXC's own demo all send application/json.
    if call.method == "GET" or call.content_type == "application/json":
        return None
    return refusals.CONTENT_TYPE


def _take_out(text: str) -> tuple[str, str]:
    parts = text.split("&")
    signature = next((part for part in reversed(parts) if part.startswith(_MARK)), None)
    if signature is None:
        return text, ""
    parts.remove(signature)
    return "&".join(parts), signature.removeprefix(_MARK)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
