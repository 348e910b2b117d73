"""Signing a request, as any user would write it from MEXC's documentation."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import urlencode


def signed(fields: Mapping[str, str], secret: str) -> str:
    """Return the query string of these fields, stamped now and signed."""
    query = urlencode({**fields, "timestamp": str(time.time_ns() // 1_000_000)})
    digest = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    return f"{query}&signature={digest}"
