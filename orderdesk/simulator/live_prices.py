"""The last prices of the real MEXC, for `--prices live`: the only call the simulator ever makes.

It asks one public endpoint, without a key. The book around the price, and everything that is
traded against it, stays the simulator's own.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import aiohttp

from orderdesk.simulator.defaults import PRICES_FROM

# One call for all symbols weighs 10 of the 300 an address has in 10 s (ccxt 4.5.90, Oct 2026;
# api-evangelist/mexc, 2026-06-13): every 5 s leaves the rest to whoever trades from here.
EVERY_MS = 5_000
_PATH = "/api/v3/ticker/price"
_TIMEOUT_S = 4.0
_OK = 200


class NoLivePrices(RuntimeError):
    """Raised when the prices could not be read: (from where, why)."""


@dataclass(frozen=True, slots=True)
class LivePrices:
    """Where the prices are read."""

    base_url: str = PRICES_FROM

    async def read(self) -> dict[str, Decimal]:
        """Give the last price of every symbol there.

        Raises:
            NoLivePrices: no answer within 4 s, or one that holds no prices.
        """
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                session.get(self.base_url + _PATH) as response,
            ):
                if response.status != _OK:
                    raise NoLivePrices(self.base_url, f"HTTP {response.status}")
                rows = await response.json(content_type=None)
            return {row["symbol"]: Decimal(row["price"]) for row in rows}
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoLivePrices(self.base_url, str(error) or type(error).__name__) from None
        except (ValueError, TypeError, KeyError, InvalidOperation) as error:
            raise NoLivePrices(self.base_url, f"no prices in its answer: {error!r}") from None
