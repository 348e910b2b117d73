"""The command line: which commands there are, and how every one of them ends.

Each command is a file in `commands/`, imported only when it is asked for, so that
`orderdesk redis` starts at once. Nothing is done here. Exit codes: `exit_codes.py`.
"""

import functools
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from typer.exceptions import Exit, TyperException

from orderdesk.control import exit_codes
from orderdesk.control.json_answer import print_json
from orderdesk.control.lazy_commands import LazyCommands
from orderdesk.core.rule_words import rule_of
from orderdesk.errors import DeskError, Fate

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Orders": {
        "place": "place one order and show what became of it",
        "cancel": "cancel one order, sent or not, or all of this desk",
        "orders": "list the orders that are under way, or the newest of all",
        "explain": "tell the story of one order, from call to end",
        "answer": "say what became of an order in quarantine",
        "dead": "list, show, replay or discard work that could not be finished",
    },
    "The desk": {
        "status": "show how the desk is: queue, ledger, exchange, switches",
        "doctor": "check the installation, and say what is wrong and what to do",
        "positions": "show what the account holds and made, asked now",
        "caps": "show what the venue allows, and how much of it is used now",
        "kill": "stop all sending now, and cancel what rests",
        "release": "allow sending again after a kill",
        "alive": "say that somebody is there, for the dead-man's switch",
        "limits": "show the risk limits, or change one while the desk runs",
        "reconcile": "hold our book against the exchange and heal it",
        "preflight": "ask everything that must hold before real orders are sent",
        "settings": "show every setting, its value and where it comes from",
        "ledger": "copy the ledger while the desk runs, or check that one is whole",
        "audit": "verify that the audit trail is as it was written",
    },
    "What runs": {
        "up": "run the whole desk, on paper or in LIVE, until Ctrl-C",
        "bridge": "take orders from a Redis channel and a Redis stream",
        "soak": "trade on paper under load for a while, and report",
        "redis": "run the desk's own Redis server",
        "simulate": "run the simulator, a small MEXC for paper trading",
        "http": "serve the desk's HTTP side and its web page",
        "metrics": "serve this host's metrics to Prometheus",
        "flower": "run Flower, the queue's web page, behind a password",
    },
}
"""Every command and what it does, under the headings and in the order that `--help` has."""

COMMANDS: Mapping[str, str] = {
    name: meaning for group in GROUPS.values() for name, meaning in group.items()
}

PROGRAM = "orderdesk"

_ABOUT = "An order desk for MEXC: one intent, at most one order."
_EPILOG = """\b
Every command explains itself, with examples: orderdesk COMMAND --help
Exit codes: 0 done, 1 a no or trouble found, 2 wrong use, 3 no answer (docs/cli.md)"""


class _Commands(LazyCommands):
    """Typer makes the group itself, so it must be told by a class what stands in it."""

    meanings = GROUPS


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Without a handler of ours Python would print warnings bare, between the lines of a table;
    # what matters to the user of a command is in its answer.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        return _run(words)
    except DeskError as error:
        code = exit_codes.code_of(error)
        return _complain(PROGRAM, error_fields(error), code=code, words=words)
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the answer has read enough; Python would complain again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.DONE


def _run(words: list[str]) -> int:
    if not words:
        _run(["--help"])
        return exit_codes.WRONG
    try:
        code = command_line().main(words, prog_name=PROGRAM, standalone_mode=False)
    except Exit as end:
        return end.exit_code
    except TyperException as error:
        path, fields = _wrong_words(error)
        return _complain(path, fields, code=exit_codes.WRONG, words=words)
    return int(code or exit_codes.DONE)


@functools.cache
def command_line() -> Any:
    """Return the whole command line; a command is imported when its name is met."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback(
        cls=_Commands,
        help=_ABOUT,
        epilog=_EPILOG,
        context_settings={"max_content_width": 100},
        subcommand_metavar="COMMAND",
    )(_nothing)
    return typer.main.get_command(app)


def error_fields(error: DeskError) -> dict[str, object]:
    """Return an error as a machine reads it: its class, fate and message, and what it names."""
    named = {k: v for k, v in vars(error).items() if k != "message" and v not in (None, "")}
    kind, fate = type(error).__name__, str(error.fate)
    return {"type": kind, "fate": fate, "message": error.message, **named}


def _wrong_words(error: TyperException) -> tuple[str, dict[str, object]]:
    """Say which word breaks which rule, and where the rules stand; the command's path comes first.

    pydantic reads the words for typer (0.29): it tells the rule, and the value apart from it.
    """
    context = getattr(error, "ctx", None)
    path = PROGRAM if context is None else context.command_path
    said = " ".join(error.format_message().split())
    found: list[dict[str, object]] = getattr(error.__cause__, "errors", list)()
    if found:
        said = said.replace(str(found[0]["msg"]), rule_of(found[0]))
    if found and repr(found[0]["input"]) not in said:
        said = f"{said}, and {found[0]['input']!r} is not"
    stop = "" if said.endswith((".", "?", ")")) else "."
    told = f"{said}{stop} See `{path} --help`"
    return path, {"type": "WrongUse", "fate": str(Fate.BURY), "message": told}


def _complain(path: str, fields: dict[str, object], *, code: int, words: Sequence[str]) -> int:
    """Say in one line what broke; with `--json` on standard output too, for machines."""
    if "--json" in words:
        print_json({"error": fields, "exit_code": code})
    sys.stderr.write(f"{path}: {fields['message']}\n")
    return code


def _nothing() -> None:
    """Stand where typer wants a callback; what is asked is a command's."""
