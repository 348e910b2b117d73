"""Where a rival trades: told by environment, so that a worker process of any kind can read it."""

import os
import threading
from typing import Any

import ccxt
import requests

from ops.bench.rivals.signed import signed

BASE_URL = os.environ.get("RIVAL_BASE_URL", "")
REDIS_URL = os.environ.get("RIVAL_REDIS_URL", "")
KEY = os.environ.get("RIVAL_KEY", "")
SECRET = os.environ.get("RIVAL_SECRET", "")

ORDER = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.0002", "price": "50000",
}  # fmt: skip

_mine = threading.local()


def post_signed(name: str) -> dict[str, Any]:
    """Send the order as a signed request, over this thread's own session."""
    if not hasattr(_mine, "session"):
        _mine.session = requests.Session()
        # MEXC refuses an order without a content type, although all of it stands in the query.
        headers = {"X-MEXC-APIKEY": KEY, "Content-Type": "application/json"}
        _mine.session.headers.update(headers)
    fields = {**ORDER, "newClientOrderId": name, "recvWindow": "3000"}
    url = f"{BASE_URL}/api/v3/order?{signed(fields, SECRET)}"
    answer = _mine.session.post(url, timeout=5)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def create_with_ccxt(name: str) -> dict[str, Any]:
    """Send the order by ccxt, with this thread's own exchange and its markets loaded once."""
    if not hasattr(_mine, "exchange"):
        _mine.exchange = _exchange()
    options = {"clientOrderId": name}
    found: dict[str, Any] = _mine.exchange.create_order(
        "BTC/USDT", "limit", "buy", 0.0002, 50_000, options
    )
    return {"id": found["id"]}


def _exchange() -> Any:
    """Return ccxt's MEXC, pointed at our simulator and held back by nothing."""
    exchange = ccxt.mexc({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    urls = exchange.urls["api"]
    urls["spot"] = dict.fromkeys(urls["spot"], BASE_URL)
    urls["contract"] = dict.fromkeys(urls["contract"], f"{BASE_URL}/api/v1/contract")
    exchange.load_markets()
    return exchange
