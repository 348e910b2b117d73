"""The simulator on the command line: its options, and what it says when it cannot run.

The options can be read where aiohttp is not installed; only running needs it.
"""

import argparse
import json
import sys
from pathlib import Path

from orderdesk.simulator import defaults
from orderdesk.simulator.caps.profiles import (
    DEFAULT_PROFILE,
    PROFILES,
    CapsMisspelled,
    profile,
    read_numbers,
)
from orderdesk.simulator.faults.plan import Plan, read_plan
from orderdesk.simulator.habits import Habits
from orderdesk.simulator.journal import HomeUnusable, JournalBroken
from orderdesk.simulator.keys import Key, KeyMisspelled, read_key

_STOPPED, _CANNOT_START = 1, 2
_LAST_PORT = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the simulator's options; `run` takes what it parsed."""
    whole = _whole_number
    parser.add_argument("--host", default=defaults.HOST, help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=_port, default=defaults.PORT, help="port, 0 takes a free one (%(default)s)"
    )
    parser.add_argument(
        "--home", type=Path, help="folder that keeps the state; without it nothing is kept"
    )
    parser.add_argument(
        "--seed", type=whole, default=defaults.SEED, help="what prices depend on (%(default)s)"
    )
    parser.add_argument(
        "--latency-ms",
        type=whole,
        default=defaults.LATENCY_MS,
        help="added to every call (%(default)s)",
    )
    parser.add_argument(
        "--walk-ms",
        type=whole,
        default=defaults.WALK_MS,
        help="time between two price steps, 0 stands still (%(default)s)",
    )
    parser.add_argument(
        "--api-key", default=defaults.API_KEY, help="the account's key (%(default)s)"
    )
    parser.add_argument(
        "--api-secret", default=defaults.API_SECRET, help="its secret (%(default)s)"
    )
    parser.add_argument(
        "--account",
        type=_account,
        action="append",
        metavar="NAME=KEY:SECRET",
        default=[],
        help="another trader with balances of its own, or another key; may be repeated",
    )
    _add_caps(parser)
    _add_trouble(parser)


def _add_caps(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--caps",
        choices=sorted(PROFILES),
        default=DEFAULT_PROFILE,
        help="profile of caps that requests are counted against (%(default)s)",
    )
    parser.add_argument(
        "--cap",
        action="append",
        metavar="NAME=NUMBER",
        default=[],
        help="another limit for one cap of the profile, e.g. orders_per_s=40; may be repeated",
    )
    parser.add_argument(
        "--count-only",
        action="store_true",
        help="count requests against the caps, and turn none away",
    )


def _add_trouble(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--visible-after-ms",
        type=_whole_number,
        default=0,
        help="keep accepted orders out of queries for so long (%(default)s)",
    )
    parser.add_argument(
        "--dedupe-client-ids",
        action="store_true",
        help="answer a client id that was used before with its order; MEXC promises no such thing",
    )
    parser.add_argument(
        "--faults",
        type=_plan,
        metavar="FILE",
        help="JSON plan of faults that a seed deals out: docs/simulator.md",
    )


def run(args: argparse.Namespace) -> int:
    """Run the simulator until it is stopped; give the exit code.

    0: stopped by a signal. 1: stopped because the disk was full or gone. 2: could not start; one
    line on standard error says why and what to do.
    """
    try:
        from orderdesk.simulator.server import PortTaken, serve  # noqa: PLC0415 - needs aiohttp
    except ModuleNotFoundError as error:
        return _complain(f"needs {error.name}: install orderdesk[ops]", code=_CANNOT_START)
    try:
        caps = profile(args.caps, read_numbers(args.cap))
    except CapsMisspelled as error:
        return _complain(f"--cap: {error}", code=_CANNOT_START)
    try:
        serve(
            host=args.host,
            port=args.port,
            home=args.home,
            seed=args.seed,
            latency_ms=args.latency_ms,
            walk_ms=args.walk_ms,
            api_key=args.api_key,
            api_secret=args.api_secret,
            accounts=dict(args.account),
            caps=caps,
            hold_caps=not args.count_only,
            habits=Habits(
                visible_after_ms=args.visible_after_ms, dedupes_client_ids=args.dedupe_client_ids
            ),
            plan=args.faults,
        )
    except PortTaken as error:
        host, port, why = error.args
        return _complain(
            f"cannot listen on {host}:{port} ({why});"
            " stop what runs there, or give another --port or --host",
            code=_CANNOT_START,
        )
    except HomeUnusable as error:
        return _complain(str(error), code=_CANNOT_START)
    except JournalBroken as error:
        return _complain(f"stopped, for the journal cannot be written: {error}", code=_STOPPED)
    return 0


def _complain(text: str, *, code: int) -> int:
    sys.stderr.write(f"simulator: {text}\n")
    return code


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
