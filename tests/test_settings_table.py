"""The table of variables, the record of settings and the example file say the same."""

import dataclasses
import re
import types
import typing
from pathlib import Path

import pytest

from orderdesk.settings import Settings
from orderdesk.settings_table import TABLE

EXAMPLE = Path(__file__).parents[1] / "ops" / "env.example"
ASSIGNMENT = re.compile(r"^# ([A-Z_]+)=(.*)$")


def example() -> dict[str, tuple[str, str]]:
    """Return the example's variables: name to default and the comment above it."""
    found: dict[str, tuple[str, str]] = {}
    comment: list[str] = []
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if match := ASSIGNMENT.match(line):
            assert match[1] not in found
            found[match[1]] = match[2], " ".join(comment)
        comment = [*comment, line.removeprefix("# ")] if line.startswith("# ") else []
        if match:
            comment = []
    return found


def test_example_when_held_against_the_table_then_names_and_defaults_are_the_same() -> None:
    """Both ways: nothing is missing in the file, and nothing in it is unknown."""
    raw = {row.name: row.default for row in TABLE}
    expected = {name: default.format_map(raw) for name, default in raw.items()}
    assert {name: default for name, (default, _) in example().items()} == expected


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_example_when_read_by_a_person_then_each_variable_has_its_comment(row: typing.Any) -> None:
    """One comment each, with every other name the variable goes by."""
    comment = example()[row.name][1]
    assert len(comment) > 20
    missing = [name for name in row.names if name != row.name and name not in comment]
    assert missing == []


def test_example_when_uncommented_then_it_gives_the_default_settings() -> None:
    """The file is true: with its lines in force, the desk starts as it does without them."""
    settings = Settings.from_environment({name: text for name, (text, _) in example().items()})
    expected = dataclasses.replace(Settings.from_environment({}), shown=())
    assert dataclasses.replace(settings, notices=(), shown=()) == expected


def test_example_when_uncommented_and_made_live_then_it_gives_valid_settings() -> None:
    """Mode, keys and the exchange's address are all that going live changes in it."""
    environ = {name: text for name, (text, _) in example().items()}
    environ |= {"EXECUTION_MODE": "LIVE", "EXCHANGE": "MEXC", "MEXC_BASE_URL": ""}
    environ |= {"MEXC_API_KEY": "key", "MEXC_API_SECRET": "secret"}
    settings = Settings.from_environment(environ)
    assert settings.secrets == ("key", "secret")
    assert settings.base_url == "https://api.mexc.com"


def test_table_when_held_against_the_record_then_every_field_has_its_variable() -> None:
    """A setting without a variable could not be set, and the other way round."""
    fields = {field.name for field in dataclasses.fields(Settings)} - {"notices", "shown"}
    assert {row.field for row in TABLE if row.field} == fields


def test_table_when_defaults_are_read_then_each_has_the_type_its_field_declares() -> None:
    """The table is data, which no type checker follows."""
    settings = Settings.from_environment({})
    hints = typing.get_type_hints(Settings)
    for row in TABLE:
        if row.field:
            assert isinstance(getattr(settings, row.field), _plain(hints[row.field])), row.name


def _plain(hint: typing.Any) -> typing.Any:
    """Return a type as `isinstance` takes it: without what is inside of it."""
    if isinstance(hint, types.UnionType):
        return tuple(_plain(one) for one in typing.get_args(hint))
    return typing.get_origin(hint) or hint


def test_names_when_listed_then_none_stands_for_two_variables() -> None:
    """An alias leads to one setting."""
    names = [name for row in TABLE for name in row.names]
    assert len(names) == len(set(names))


def test_environment_when_the_source_is_searched_then_only_settings_reads_it() -> None:
    """One reader: whoever looks for a variable looks in one file."""
    root = Path(__file__).parents[1]
    files = [*root.glob("orderdesk/**/*.py"), *root.glob("tasks/**/*.py")]
    readers = [
        file.relative_to(root).as_posix()
        for file in files
        if re.search(r"os\.environ|getenv|environb", file.read_text(encoding="utf-8"))
    ]
    assert readers == ["orderdesk/settings.py"]
