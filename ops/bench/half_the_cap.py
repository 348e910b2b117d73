"""An order at half the cap: until it is acknowledged, and how far from the price it is filled.

Run it as `python -m ops.bench.half_the_cap`; `make bench` runs it behind the contenders. The caps
are MEXC's, the exchange is 20 ms away, and prices walk. Slippage is measured against the last price
at the call.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import requests

from ops.bench import trials
from ops.bench.budget import CAPS, ORDERS_PER_S
from ops.bench.desk import Desk, running_desk
from ops.bench.figures import quantile
from ops.bench.report import to_result_ms
from ops.bench.rig import say
from orderdesk.simulator.running import RunningSimulator, running_simulator
from orderdesk.stores.embedded_redis import running_redis

HALF_PER_S = ORDERS_PER_S / 2
LATENCY_MS, WALK_MS = 20, 250
COUNT = 180
USDT = Decimal(225)
"""As large as the desk takes an order by default, with a little room (RISK_MAX_NOTIONAL, 250)."""
FILLED = (("BTCUSDT", "BUY"), ("MXUSDT", "BUY"), ("BTCUSDT", "SELL"), ("MXUSDT", "SELL"))
"""In turn: a deep book and a thin one, both ways."""
P95_MS, SLIPPAGE_PCT = 1_000.0, 0.5
"""The design's (section 4)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured."""

    acknowledged_ms: Sequence[float]
    slippage_pct: Sequence[float]
    """Of each filled order; below zero it was filled at a better price."""

    def told(self) -> list[str]:
        """Return it as a table."""
        p50, p95 = (quantile(self.acknowledged_ms, share) for share in (0.5, 0.95))
        count, worst = len(self.slippage_pct), max(self.slippage_pct)
        mean = sum(self.slippage_pct) / count
        soon = f"{p95:.0f} ms ({p50:.0f}) | < 1 s{_no(p95 < P95_MS)}"
        near = f"{mean:.3f} % ({worst:.3f}) | < {SLIPPAGE_PCT:g} %{_no(mean < SLIPPAGE_PCT)}"
        return [
            f"| at {HALF_PER_S:g} orders/s | measured | goal |",
            "|---|---|---|",
            f"| `delay()` → acknowledged, P95 (P50) | {soon} |",
            f"| slippage of {count} MARKET orders, average (worst) | {near} |",
        ]


def _no(kept: bool) -> str:
    return "" if kept else ", NOT kept"


@contextmanager
def _desk() -> Iterator[tuple[RunningSimulator, Desk]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        simulator = stack.enter_context(
            running_simulator(
                folder / "simulator", latency_ms=LATENCY_MS, walk_ms=WALK_MS, caps=CAPS
            )
        )
        redis = stack.enter_context(running_redis(folder / "desk"))
        desk = running_desk(folder / "desk", redis, simulator, ORDERDESK_CAPS=CAPS)
        yield simulator, stack.enter_context(desk)


def measured() -> Found:
    """Let LIMIT orders come to rest, then fill MARKET orders, both ways and in both books."""
    with _desk() as (simulator, desk):
        trials.at_pace(desk, simulator, per_s=HALF_PER_S, count=12)
        paced = trials.at_pace(desk, simulator, per_s=HALF_PER_S, count=COUNT)
        begun_s, filled = time.monotonic(), list[float]()
        for number in range(COUNT // 2):
            time.sleep(max(0.0, begun_s + number / HALF_PER_S - time.monotonic()))
            symbol, side = FILLED[number % len(FILLED)]
            filled.append(_slippage(simulator, desk, symbol, side))
    return Found([to_result_ms(trip) for trip in paced.trips], filled)


def _slippage(simulator: RunningSimulator, desk: Desk, symbol: str, side: str) -> float:
    url = f"{simulator.base_url}/api/v3/ticker/price?symbol={symbol}"
    before = Decimal(requests.get(url, timeout=10).json()["price"])
    quantity = (USDT / before).quantize(Decimal("0.00001"))
    report = desk.ordered(symbol=symbol, side=side, type="MARKET", quantity=str(quantity))
    average = Decimal(report["average_price"])
    worse = average - before if side == "BUY" else before - average
    return float(100 * worse / before)


def main() -> int:
    """Measure and tell; 1 if a goal was missed."""
    lines = measured().told()
    say("\n".join(lines))
    return int(any("NOT kept" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main())
