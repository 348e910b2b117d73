"""The simulator on the command line: from its options to a running server, or why it cannot run."""

import argparse
import sys
from pathlib import Path

from orderdesk.simulator.caps.profiles import CapsMisspelled, profile, read_numbers
from orderdesk.simulator.caps.turnstile import Turnstile
from orderdesk.simulator.engine.prices import Prices
from orderdesk.simulator.habits import Habits
from orderdesk.simulator.journal import HomeUnusable, JournalBroken
from orderdesk.simulator.keys import Key
from orderdesk.simulator.options import LIVE, WALK
from orderdesk.simulator.recorded import RecordingUnreadable, read_recording
from orderdesk.simulator.venue import PAPER_ACCOUNT, Venue

_STOPPED, _CANNOT_START = 1, 2


def run(args: argparse.Namespace) -> int:
    """Run the simulator until it is stopped; give the exit code.

    0: stopped by a signal. 1: stopped because the disk was full or gone. 2: could not start; one
    line on standard error says why and what to do.
    """
    try:
        return _serve(args)
    except ModuleNotFoundError as error:
        return _complain(f"needs {error.name}: install orderdesk[ops]", code=_CANNOT_START)
    except CapsMisspelled as error:
        return _complain(f"--cap: {error}", code=_CANNOT_START)
    except RecordingUnreadable as error:
        return _complain(f"--prices: {error}", code=_CANNOT_START)
    except HomeUnusable as error:
        return _complain(str(error), code=_CANNOT_START)
    except JournalBroken as error:
        return _complain(f"stopped, for the journal cannot be written: {error}", code=_STOPPED)


def _serve(args: argparse.Namespace) -> int:
    # Only here aiohttp is needed.
    from orderdesk.simulator.live_prices import LivePrices, NoLivePrices  # noqa: PLC0415 - see above
    from orderdesk.simulator.server import PortTaken, serve  # noqa: PLC0415 - see above

    try:
        serve(
            _open(args),
            host=args.host,
            port=args.port,
            walk_ms=args.walk_ms,
            live=LivePrices(args.prices_from) if args.prices == LIVE else None,
        )
    except PortTaken as error:
        host, port, why = error.args
        return _complain(
            f"cannot listen on {host}:{port} ({why});"
            " stop what runs there, or give another --port or --host",
            code=_CANNOT_START,
        )
    except NoLivePrices as error:
        where, why = error.args
        return _complain(
            f"no live prices from {where} ({why}); look at the network, or leave --prices out",
            code=_CANNOT_START,
        )
    return 0


def _open(args: argparse.Namespace) -> Venue:
    caps = profile(args.caps, read_numbers(args.cap))
    venue = Venue(
        seed=args.seed,
        home=args.home,
        keys={**dict(args.account), args.api_key: Key(args.api_secret, PAPER_ACCOUNT)},
        turnstile=Turnstile(caps, holds=not args.count_only),
        prices=_prices(args),
    )
    venue.faults.plan = args.faults
    venue.habits = Habits(
        latency_ms=args.latency_ms,
        jitter_ms=args.jitter_ms,
        visible_after_ms=args.visible_after_ms,
        dedupes_client_ids=args.dedupe_client_ids,
    )
    return venue


def _prices(args: argparse.Namespace) -> Prices | None:
    if args.prices in (WALK, LIVE):
        return None
    return read_recording(Path(args.prices), step_ms=args.walk_ms or 1_000, seed=args.seed)


def _complain(text: str, *, code: int) -> int:
    sys.stderr.write(f"simulator: {text}\n")
    return code
