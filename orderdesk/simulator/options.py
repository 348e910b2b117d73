"""The simulator's options on a command line. They can be read where aiohttp is not installed."""

import argparse
import json
from pathlib import Path

from orderdesk.simulator import defaults
from orderdesk.simulator.caps.profiles import DEFAULT_PROFILE, PROFILES
from orderdesk.simulator.faults.plan import Plan, read_plan
from orderdesk.simulator.keys import Key, KeyMisspelled, read_key

# What argparse gives and does not name in public.
Group = argparse._ArgumentGroup
WALK, LIVE = "walk", "live"
_LAST_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the simulator's options; `run` takes what it parsed."""
    _add_place(parser.add_argument_group("where it is, and what it keeps"))
    _add_prices(parser.add_argument_group("prices"))
    _add_accounts(parser.add_argument_group("accounts"))
    _add_caps(parser.add_argument_group("caps"))
    _add_trouble(parser.add_argument_group("trouble"))


def _add_place(group: Group) -> None:
    group.add_argument("--host", default=defaults.HOST, help="address to listen on (%(default)s)")
    group.add_argument(
        "--port", type=_port, default=defaults.PORT, help="port, 0 takes a free one (%(default)s)"
    )
    group.add_argument(
        "--home", type=Path, help="folder that keeps the state; without it nothing is kept"
    )


def _add_prices(group: Group) -> None:
    group.add_argument(
        "--seed",
        type=_whole_number,
        default=defaults.SEED,
        help="what prices and depth depend on (%(default)s)",
    )
    group.add_argument(
        "--walk-ms",
        type=_whole_number,
        default=defaults.WALK_MS,
        help="time between two price steps, 0 stands still (%(default)s)",
    )
    group.add_argument(
        "--prices",
        metavar="WHERE",
        default=WALK,
        help="walk (by the seed), live (MEXC's own, read every 5 s), or a CSV file of recorded"
        " time_ms,symbol,price, of which a step plays --walk-ms (%(default)s)",
    )
    group.add_argument(
        "--prices-from",
        metavar="URL",
        default=defaults.PRICES_FROM,
        help="where live prices are read (%(default)s)",
    )


def _add_accounts(group: Group) -> None:
    group.add_argument(
        "--api-key", default=defaults.API_KEY, help="the paper account's key (%(default)s)"
    )
    group.add_argument("--api-secret", default=defaults.API_SECRET, help="its secret (%(default)s)")
    group.add_argument(
        "--account",
        type=_account,
        action="append",
        metavar="NAME=KEY:SECRET",
        default=[],
        help="another trader with balances of its own, or another key; may be repeated",
    )


def _add_caps(group: Group) -> None:
    group.add_argument(
        "--caps",
        choices=sorted(PROFILES),
        default=DEFAULT_PROFILE,
        help="profile of caps that requests are counted against (%(default)s)",
    )
    group.add_argument(
        "--cap",
        action="append",
        metavar="NAME=NUMBER",
        default=[],
        help="another limit for one cap of the profile, e.g. orders_per_s=40; may be repeated",
    )
    group.add_argument(
        "--count-only",
        action="store_true",
        help="count requests against the caps, and turn none away",
    )


def _add_trouble(group: Group) -> None:
    group.add_argument(
        "--latency-ms",
        type=_whole_number,
        default=defaults.LATENCY_MS,
        help="added to every call, half of it on each way (%(default)s)",
    )
    group.add_argument(
        "--jitter-ms",
        type=_whole_number,
        default=0,
        help="up to so much more than the latency, as the seed says (%(default)s)",
    )
    group.add_argument(
        "--visible-after-ms",
        type=_whole_number,
        default=0,
        help="keep accepted orders out of queries for so long (%(default)s)",
    )
    group.add_argument(
        "--dedupe-client-ids",
        action="store_true",
        help="answer a client id that was used before with its order; MEXC promises no such thing",
    )
    group.add_argument(
        "--faults",
        type=_plan,
        metavar="FILE",
        help="JSON plan of faults that a seed deals out: docs/simulator.md",
    )


def _whole_number(text: str) -> int:
    if not text.isdecimal():
        message = f"{text!r} is not a whole number of 0 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _account(text: str) -> tuple[str, Key]:
    try:
        return read_key(text)
    except KeyMisspelled as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _plan(text: str) -> Plan:
    try:
        content = json.loads(Path(text).read_text())
        return read_plan(content if isinstance(content, dict) else {})
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None


def _port(text: str) -> int:
    port = _whole_number(text)
    if port > _LAST_PORT:
        message = f"{port} is above {_LAST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return port
