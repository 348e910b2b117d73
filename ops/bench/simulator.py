#!/usr/bin/env python3
"""Measure the simulator: signed orders a second that one core of it answers.

Run it as `make bench-simulator`; `--orders` makes it shorter. The simulator runs in a process of
its own, pinned to one core and with a journal, as paper trading has it; the requests are signed
beforehand and sent over 8 connections from the other cores. Two figures of each kind of order:

- answered / s: by the clock, from the first byte sent to the last answer read.
- per CPU second: answered, over the CPU time (user and system) that the simulator's process used.
  It holds on a busy machine too, where the clock also counts what others do.
"""

import argparse
import hashlib
import hmac
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from orderdesk.simulator.running import RunningSimulator, running_simulator

CONNECTIONS = 8
WANTED_PER_S = 2_000
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
Request = tuple[str, str]

_LIMIT = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.001&price=50000"
_IOC = "symbol=BTCUSDT&side=BUY&type=IMMEDIATE_OR_CANCEL&quantity=0.001&price=50000"
_MARKET = "symbol=BTCUSDT&type=MARKET&quantity=0.0002&side="


def unfilled(number: int) -> Request:
    """Make an order that is taken in and ends at once: no fill, nothing rests."""
    return "POST", f"{_IOC}&newClientOrderId=i-{number}"


def filled(number: int) -> Request:
    """Make a market order, by turns a buy and a sell: a fill, a fee, four balances."""
    side = "SELL" if number % 2 else "BUY"
    return "POST", f"{_MARKET}{side}&newClientOrderId=m-{number}"


def rested(number: int) -> Request:
    """Make by turns an order that rests and its cancel, on the same connection."""
    turn, odd = divmod(number // CONNECTIONS, 2)
    name = f"r-{number % CONNECTIONS}-{turn}"
    if odd:
        return "DELETE", f"symbol=BTCUSDT&origClientOrderId={name}"
    return "POST", f"{_LIMIT}&newClientOrderId={name}"


KINDS: dict[str, Callable[[int], Request]] = {
    "IOC that meets nothing": unfilled,
    "MARKET that is filled": filled,
    "LIMIT that rests, and its cancel": rested,
}


@dataclass(frozen=True)
class Figures:
    """What one kind of order took: requests, seconds by the clock, seconds of CPU."""

    requests: int
    wall_s: float
    cpu_s: float


def main() -> int:
    """Measure every kind; 1 if one of them is below what is wanted of a core."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=8_000, help="of each kind (%(default)s)")
    orders = parser.parse_args().orders
    figures = {}
    for name, kind in KINDS.items():
        with tempfile.TemporaryDirectory() as home, running_simulator(Path(home)) as simulator:
            figures[name] = measure(simulator, kind, orders=orders)
    sys.stdout.write(table(figures))
    slowest = min(each.requests / each.cpu_s for each in figures.values())
    return 0 if slowest >= WANTED_PER_S else 1


def table(figures: dict[str, Figures]) -> str:
    """Write the figures down as text."""
    lines = [f"{'one core, with a journal':<36}{'answered/s':>12}{'per CPU s':>12}"]
    for name, each in figures.items():
        wall, cpu = each.requests / each.wall_s, each.requests / each.cpu_s
        lines.append(f"{name:<36}{wall:>12,.0f}{cpu:>12,.0f}")
    return "\n".join(lines) + "\n"


def measure(simulator: RunningSimulator, kind: Callable[[int], Request], *, orders: int) -> Figures:
    """Send so many requests of a kind, and give what they took."""
    assert simulator.pid is not None
    pin(simulator.pid)
    requests = [signed(simulator, kind(number)) for number in range(orders)]
    cpu_s, started_s = used_cpu_s(simulator.pid), time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shares = (requests[number::CONNECTIONS] for number in range(CONNECTIONS))
        list(pool.map(lambda share: send(simulator.port, share), shares))
    return Figures(orders, time.monotonic() - started_s, used_cpu_s(simulator.pid) - cpu_s)


def pin(pid: int) -> None:
    """Give the simulator the first core, and this process the others if there are any."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, cores[:1])
    if cores[1:]:
        os.sched_setaffinity(0, cores[1:])


def signed(simulator: RunningSimulator, request: Request) -> bytes:
    """Write a request as it goes over the wire; its stamp is good for a minute."""
    method, params = request
    query = f"{params}&recvWindow=60000&timestamp={time.time_ns() // 1_000_000}"
    signature = hmac.new(simulator.api_secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    head = (
        f"{method} /api/v3/order?{query}&signature={signature} HTTP/1.1\r\nHost: simulator\r\n"
        f"X-MEXC-APIKEY: {simulator.api_key}\r\nContent-Type: application/json\r\n"
        "Content-Length: 0\r\n\r\n"
    )
    return head.encode()


def send(port: int, requests: list[bytes]) -> None:
    """Send one request after the other on a connection of its own; every one must be answered."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for request in requests:
            connection.sendall(request)
            answer = connection.recv(65_536)
            # An answer is a few hundred bytes on loopback: it comes whole.
            if not answer.startswith(b"HTTP/1.1 200") or not answer.endswith(b"}"):
                raise RuntimeError(f"not answered as it should be: {answer!r}")


def used_cpu_s(pid: int) -> float:
    """Give the CPU time that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


if __name__ == "__main__":
    sys.exit(main())
