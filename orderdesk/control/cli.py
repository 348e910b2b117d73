"""The command line: which commands there are, and how every one of them ends.

Each command is a file in `commands/`, imported only when it is asked for, so that
`orderdesk redis` starts at once. Nothing is done here.

Exit codes: 0 done · 1 no (refused, not found, out of reach) · 2 a wrong word or setting.
"""

import argparse
import importlib
import logging
import sys
from collections.abc import Mapping, Sequence

from orderdesk.errors import DeskError, InvalidOrder, SettingsError

COMMANDS: Mapping[str, str] = {
    "up": "run the whole desk, on paper or in LIVE, until Ctrl-C",
    "place": "place one order and show what became of it",
    "explain": "tell the story of one order, from call to end",
    "status": "show how the desk is: queue, ledger, exchange, switches",
    "preflight": "ask everything that must hold before real orders are sent",
    "kill": "stop all sending now, and cancel what rests",
    "limits": "show the risk limits, or change one while the desk runs",
    "alive": "say that somebody is there, for the dead-man's switch",
    "release": "allow sending again after a kill",
    "answer": "say what became of an order in quarantine",
    "dead": "list, show, replay or discard work that could not be finished",
    "reconcile": "hold our book against the exchange and heal it",
    "settings": "show every setting, its value and where it comes from",
    "bridge": "take orders from a Redis channel and a Redis stream",
    "soak": "trade on paper under load for a while, and report",
    "redis": "run the desk's own Redis server",
    "simulate": "run the simulator, a small MEXC for paper trading",
    "http": "serve the desk's HTTP side and its web page",
    "flower": "run Flower, the queue's web page, behind a password",
}
"""Every command and what it does, in the order that `--help` lists them."""

DONE, NO, WRONG = 0, 1, 2
_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Without a handler of ours Python would print warnings bare, between the lines of a table;
    # what matters to the user of a command is in its answer.
    logging.getLogger().addHandler(logging.NullHandler())
    parser = build_parser(words)
    args = parser.parse_args(words)
    if "run" not in args:
        parser.print_help()
        return WRONG
    try:
        return int(args.run(args))
    except (SettingsError, InvalidOrder) as error:
        return _complain(error, WRONG)
    except DeskError as error:
        return _complain(error, NO)
    except KeyboardInterrupt:
        return _INTERRUPTED


def build_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the command that `words` name is imported for its options."""
    parser = argparse.ArgumentParser(
        prog="orderdesk",
        description="An order desk for MEXC: one intent, at most one order.",
        epilog="Every command explains itself: orderdesk COMMAND --help",
        formatter_class=_OneLineEach,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    chosen = next((word for word in words if not word.startswith("-")), None)
    for name, meaning in COMMANDS.items():
        command = commands.add_parser(name, help=meaning, description=_sentence(meaning))
        if name == chosen:
            module = importlib.import_module(f"orderdesk.control.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


class _OneLineEach(argparse.HelpFormatter):
    """Leaves the longest command its place: argparse forgets that commands are indented more."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        self._action_max_length = max(map(len, COMMANDS)) + 4


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _complain(error: DeskError, code: int) -> int:
    sys.stderr.write(f"orderdesk: {error}\n")
    return code
