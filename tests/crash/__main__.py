"""`make chaos` and `make chaos-sweep`: run campaigns, print how they go, exit with the verdict."""

import argparse
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.crash import report
from tests.crash.campaign import REST_S
from tests.crash.nursery import CHECKOUT
from tests.crash.plan import FULL_SIZE
from tests.crash.trying import Verdict, tried

SWEEP_SIZE = 500
ACCOUNTS = 3
MEXC_CAPS = "mexc-2026-09"
DEFAULT_MINUTES = 7.0
"""Over which 10,000 calls are spread; starting, hitting what was missed and resting come on top."""


def main() -> int:
    """Read the words, run what they ask for."""
    args = _parser().parse_args()
    if args.sweep:
        return _sweep(range(args.seed or 1, (args.seed or 1) + args.sweep), args.n or SWEEP_SIZE)
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(1_000_000)
    size = args.n or FULL_SIZE
    minutes = DEFAULT_MINUTES * size / FULL_SIZE if args.minutes is None else args.minutes
    if args.full:
        return _full(seed, size, minutes, accounts=args.accounts)
    _say(f"seed {seed}: {size} intents over {minutes:.1f} minutes at least, caps campaign")
    verdict = tried(seed, size, say=_say, minutes=minutes, rest_s=args.rest_s)
    return _written(verdict, CHECKOUT / "var" / "chaos")


def _full(seed: int, size: int, minutes: float, *, accounts: int) -> int:
    """Run one campaign an account under MEXC's own caps, all at once, each with its own seed.

    An account is a desk of its own: MEXC counts caps by account (UID), and so does a desk.
    """
    each = -(-size // accounts)
    _say(f"seeds from {seed}: {accounts} accounts, {each} intents each, caps {MEXC_CAPS}")

    def run(number: int) -> Verdict:
        def say(text: str) -> None:
            _say(f"account {number}: {text}")

        return tried(seed + number, each, say=say, minutes=minutes, caps=MEXC_CAPS)

    with ThreadPoolExecutor(accounts) as at_once:
        verdicts = list(at_once.map(run, range(accounts)))
    folder = CHECKOUT / "var" / "chaos"
    codes = [_written(verdict, folder / f"account-{n}") for n, verdict in enumerate(verdicts)]
    return max(codes)


def _written(verdict: Verdict, folder: Path) -> int:
    """Write a verdict's report, tell it, and return the exit code that it means."""
    report.write(verdict.facts, folder)
    _tell(verdict, folder)
    return 0 if verdict.passed else 1


def _sweep(seeds: range, size: int) -> int:
    """Run short campaigns, one a seed; name the seeds that failed."""
    failed = []
    for seed in seeds:
        verdict = tried(seed, size, say=lambda _text: None)
        _say(f"seed {seed}: {'passed' if verdict.passed else 'FAILED'}")
        if not verdict.passed:
            failed.append(seed)
            report.write(verdict.facts, CHECKOUT / "var" / "chaos" / f"seed-{seed}")
    _say(
        f"{len(seeds) - len(failed)} of {len(seeds)} seeds passed"
        + f"; failed: {failed}" * bool(failed)
    )
    return 1 if failed else 0


def _tell(verdict: Verdict, folder: Path) -> None:
    facts = verdict.facts
    if verdict.passed:
        _say(
            f"passed: {facts['intents']} intents, {facts['orders']} orders, "
            f"{sum(facts['points'].values())} boundaries struck, 0 contradictions; "
            f"{folder / 'report.md'}"
        )
        return
    for finding in facts["findings"][:20]:
        _say(f"FAILED {finding['law']}: {finding['key']} {finding['detail']}")
    for text in (*facts["shortfalls"], *verdict.explained):
        _say(text)
    _say(f"FAILED: seed {facts['seed']}, N {facts['intents']}; {folder / 'report.md'}")


def _say(text: str) -> None:
    sys.stderr.write(f"chaos: {text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make chaos", description="Prove the promise.")
    parser.add_argument("--seed", type=int, help="decides the plan (default: drawn, and printed)")
    parser.add_argument("--n", type=int, help=f"how many intents (default {FULL_SIZE})")
    parser.add_argument("--minutes", type=float, help="over how long calls are spread, at least")
    parser.add_argument("--full", action="store_true", help="MEXC's real caps, several accounts")
    parser.add_argument("--rest-s", type=float, default=REST_S, help="until all must be at rest")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help="with --full: how many")
    parser.add_argument("--sweep", type=int, default=0, help="so many seeds, each in short form")
    return parser


if __name__ == "__main__":
    sys.exit(main())
