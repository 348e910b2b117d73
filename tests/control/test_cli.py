"""The command line: what it offers, what it imports, how it ends."""

import importlib

import grimp
import pytest

from orderdesk.control.cli import COMMANDS, main


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, other people's libraries included."""
    return grimp.build_graph("orderdesk", include_external_packages=True)


def test_help_when_it_is_asked_for_then_every_command_has_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The help is the table of commands, one line each."""
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line]
    told = {words[0]: words[1] for words in lines if words[0] in COMMANDS}
    assert (end.value.code, told) == (0, dict(COMMANDS))


@pytest.mark.parametrize("name", COMMANDS)
def test_command_when_it_is_listed_then_it_explains_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command has its file, and tells what it takes without doing anything."""
    module = importlib.import_module(f"orderdesk.control.commands.{name}")
    assert callable(module.run)
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"usage: orderdesk {name}" in capsys.readouterr().out


def test_main_when_no_command_is_given_then_help_and_code_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who says nothing is shown what could be said."""
    assert main([]) == 2
    assert "usage: orderdesk" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["nonsense"], ["explain"], ["answer", "x", "--reason", "y"], ["kill"], ["dead"]]
)
def test_main_when_words_are_wrong_then_code_2(words: list[str]) -> None:
    """A wrong or missing word is a matter of usage."""
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2


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
