"""The command line: what it offers, what it imports, how it ends."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from orderdesk import errors
from orderdesk.control import exit_codes
from orderdesk.control.cli import COMMANDS, main
from orderdesk.control.exit_codes import code_of
from orderdesk.control.lazy_commands import ROOM

VERBS = [
    (name, verb)
    for name in COMMANDS
    for verb in getattr(importlib.import_module(f"{ROOM}.{name}"), "VERBS", ())
]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, other people's libraries included."""
    return grimp.build_graph("orderdesk", include_external_packages=True)


def test_help_when_it_is_asked_for_then_every_command_has_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The help is the table of commands, one line each."""
    code = main(["--help"])
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line]
    told = {words[0]: words[1] for words in lines if words[0] in COMMANDS}
    assert (code, told) == (0, dict(COMMANDS))


@pytest.mark.parametrize("name", COMMANDS)
def test_command_when_it_is_listed_then_it_explains_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command has its file, and tells what it takes without doing anything."""
    module = importlib.import_module(f"{ROOM}.{name}")
    assert callable(getattr(module, "run", None)) is not hasattr(module, "VERBS")
    code = _code_of([name, "--help"])
    said = capsys.readouterr().out
    assert code == 0
    assert f"usage: orderdesk {name}" in said.lower()
    assert module.EXAMPLES
    shown = {line.strip() for line in said.splitlines()}
    assert set(module.EXAMPLES) <= shown


@pytest.mark.parametrize(("name", "verb"), VERBS)
def test_verb_when_its_command_has_it_then_it_explains_itself_with_an_example(
    name: str, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What can be said behind a command's name has a help of its own."""
    assert main([name, verb, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"orderdesk {name} {verb} " in said
    assert f"\n    orderdesk {name} {verb}" in said


def _code_of(words: list[str]) -> int:
    """Return how a command ends, whichever parser reads its words."""
    try:
        return main(words)
    except SystemExit as end:
        return int(end.code or 0)


RUN_ON = {"up", "bridge", "redis", "simulate", "http", "flower", "metrics"}
"""Commands that end when they are stopped: what they say are logs (LOG_FORMAT)."""


@pytest.mark.parametrize("words", [*([name] for name in COMMANDS), *map(list, VERBS)], ids=" ".join)
def test_command_when_it_answers_then_it_can_answer_in_json(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever ends by itself can be asked by a script."""
    if words[0] in RUN_ON or words in [[name] for name, _ in VERBS]:
        return
    assert main([*words, "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_main_when_no_command_is_given_then_help_and_code_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who says nothing is shown what could be said."""
    assert main([]) == 2
    assert "Usage: orderdesk" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["nonsense"], "'nonsense'"),
        (["explain"], "'ORDER'"),
        (["answer", "x", "--reason", "y"], "--placed ID or --not-placed"),
        (["kill"], "'--reason'"),
        (["dead"], "command"),
        (["dead", "show", "one"], "'ID': must be a valid integer, and 'one' is not"),
        (["place", "buy", "BTCUSDT", "--type", "odd"], "'--type': 'odd' is not one of 'market'"),
        (["place", "buy", "BTCUSDT", "--quantiti", "1"], "--quantity"),
        (["place", "buy", "BTCUSDT", "--wait-s", "-1"], "equal to 0, and '-1' is not"),
        (["status", "now"], "(now)"),
    ],
)
def test_main_when_words_are_wrong_then_one_line_names_them_and_code_2(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong or missing word is a matter of usage: it is named, and where the rules stand."""
    assert main(words) == 2
    said = capsys.readouterr()
    assert named in said.err
    assert said.err.endswith(" --help`\n")
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_main_when_json_is_wanted_then_an_error_is_json_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script reads one thing, whatever happens: the error names field, value and rule."""
    monkeypatch.setenv("EXECUTION_MODE", "PERHAPS")
    assert main(["settings", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == 2
    assert {"name": "EXECUTION_MODE", "value": "PERHAPS"}.items() <= told["error"].items()
    assert main(["dead", "show", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["type"] == "WrongUse"


def test_main_when_a_setting_is_wrong_then_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong setting is named in one line, and never as a traceback."""
    monkeypatch.setenv("EXECUTION_MODE", "PERHAPS")
    assert main(["settings"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("orderdesk: EXECUTION_MODE=PERHAPS")
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        ("redis", "celery"),
        ("redis", "sqlalchemy"),
        ("redis", "rich"),
        ("simulate", "celery"),
        ("simulate", "sqlalchemy"),
        ("flower", "sqlalchemy"),
        ("settings", "celery"),
    ],
)
def test_command_when_it_must_start_at_once_then_it_imports_nothing_heavy(
    graph: grimp.ImportGraph, command: str, heavy: str
) -> None:
    """A server of the desk starts well under a second: what it does not need it does not load."""
    chain = graph.find_shortest_chain(f"orderdesk.control.commands.{command}", heavy)
    assert chain is None


@pytest.mark.parametrize("heavy", ["celery", "sqlalchemy", "rich", "pydantic", "redis"])
def test_cli_when_it_starts_then_it_imports_nothing_heavy(
    graph: grimp.ImportGraph, heavy: str
) -> None:
    """Commands are imported when they are asked for, and not before."""
    assert graph.find_shortest_chain("orderdesk.control.cli", heavy) is None
    # The same question has an answer where there is one.
    assert graph.find_shortest_chain("orderdesk.control.commands.explain", "sqlalchemy")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("orderdesk expl", {"explain"}),
        ("orderdesk dead ", {"list", "show", "replay", "discard"}),
        ("orderdesk place buy BTCUSDT --quan", {"--quantity"}),
        ("orderdesk place ", {"buy", "sell"}),
    ],
)
def test_completion_when_a_shell_asks_then_commands_verbs_and_options_are_offered(
    typed: str, offered: set[str]
) -> None:
    """The Tab key knows what may come next, and does nothing else."""
    asked = {
        **os.environ, "_ORDERDESK_COMPLETE": "complete_bash", "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "orderdesk"], env=asked, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.lower().split()) == offered


def test_exit_codes_when_errors_end_a_command_then_they_say_whether_to_ask_again() -> None:
    """Wrong use, a no, and no answer are three things to a script."""
    assert code_of(errors.InvalidOrder("x")) == code_of(errors.SettingsError("x")) == 2
    assert code_of(errors.UnknownOrder("x")) == code_of(errors.DeskHalted("x")) == 1
    assert code_of(errors.QueueUnreachable("x")) == code_of(errors.OutcomeUnknown("x")) == 3
    assert code_of(errors.Transient("x")) == code_of(errors.NotYet("x", 1)) == 3


def test_help_when_it_is_run_then_nothing_heavy_is_loaded() -> None:
    """What a library of ours imports in turn is counted too: a start costs what it loads."""
    asked = (
        "import sys; from orderdesk.control.cli import main; main(['--help']);"
        "heavy = {'rich', 'celery', 'pydantic', 'redis', 'sqlalchemy', 'asyncio'};"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_page_when_it_tells_exit_codes_then_they_are_those_of_the_code() -> None:
    """Who writes a script reads docs/cli.md; it says what is true."""
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", page, flags=re.MULTILINE)}
    known = {value for value in vars(exit_codes).values() if type(value) is int}
    assert told == known == {0, 1, 2, 3, 130}
