"""`orderdesk simulate`: the simulator, with its own options and the desk's settings behind them."""

import argparse

import typer

from orderdesk import simulator
from orderdesk.settings import Mode, Settings
from orderdesk.simulator import defaults
from orderdesk.simulator.caps.profiles import DEFAULT_PROFILE, PROFILES

OPEN = True
EXAMPLES = (
    "orderdesk simulate",
    "orderdesk simulate --port 8790 --latency-ms 40 --seed 7",
    "orderdesk simulate --keep --prices live",
    "orderdesk simulate --account other=other-key:other-secret --visible-after-ms 500",
)


def run(context: typer.Context) -> int:
    """Run the simulator; its exit code.

    It shares no code with the desk, so it reads its own words.
    """
    parser = argparse.ArgumentParser(
        prog=context.command_path,
        description="Run the simulator, a small MEXC for paper trading.",
        epilog="\n".join(["examples:", *(f"  {line}" for line in EXAMPLES)]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    simulator.add_arguments(parser)
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep the state in ORDERDESK_HOME/simulator, and listen where the desk expects it",
    )
    args = parser.parse_args(context.args)
    if args.keep:
        _as_the_desk_has_it(args, Settings.from_environment())
    return simulator.run(args)


def _as_the_desk_has_it(args: argparse.Namespace, settings: Settings) -> None:
    args.home = args.home or settings.home / "simulator"
    if args.port == defaults.PORT:
        args.port = settings.simulator_port
    if args.caps == DEFAULT_PROFILE and settings.caps in PROFILES:
        # The desk keeps to these; both sides name them alike and know them from their own sources.
        args.caps = settings.caps
    if settings.mode is Mode.TEST and args.api_key == defaults.API_KEY:
        # Not through the command line, where everybody could read them. In LIVE the keys are
        # real ones, and none of the simulator's business.
        args.api_key = settings.api_key.get_secret_value()
        args.api_secret = settings.api_secret.get_secret_value()
