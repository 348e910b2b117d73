"""An operator is known by a token whose hash the desk has; nobody else changes a limit."""

import hashlib
from pathlib import Path

import pytest

from orderdesk.control.operators import new_token, operator_of
from orderdesk.errors import DeskError, InvalidOrder
from orderdesk.settings import Settings


def settings(**environ: str) -> Settings:
    """Read settings from these variables alone."""
    return Settings.from_environment(environ)


def test_token_when_it_is_made_then_its_entry_lets_its_owner_in_and_nobody_else() -> None:
    """Two operators, each known by their own."""
    (anna, anna_entry), (ben, ben_entry) = new_token("anna"), new_token("ben")
    assert anna != ben
    assert anna not in anna_entry
    known = f"{anna_entry},{ben_entry}"
    for name, token in (("anna", anna), ("ben", ben)):
        shown = settings(ORDERDESK_OPERATORS=known, ORDERDESK_OPERATOR_TOKEN=token)
        assert operator_of(shown) == name
    wrong = settings(ORDERDESK_OPERATORS=known, ORDERDESK_OPERATOR_TOKEN=anna[:-1] + "~")
    with pytest.raises(DeskError, match="no operator's"):
        operator_of(wrong)


def test_entry_when_it_is_looked_at_then_it_is_the_plain_hash_of_the_token() -> None:
    """Anybody can make one: `printf %s TOKEN | sha256sum`."""
    token, entry = new_token("anna")
    assert entry == f"anna:{hashlib.sha256(token.encode()).hexdigest()}"


def test_token_when_it_comes_from_a_file_then_it_is_read_from_there(tmp_path: Path) -> None:
    """By option or by ORDERDESK_OPERATOR_TOKEN_FILE; a command line shows it to everybody."""
    token, entry = new_token("anna")
    file = tmp_path / "token"
    file.write_text(f"{token}\n")
    assert operator_of(settings(ORDERDESK_OPERATORS=entry), str(file)) == "anna"
    by_setting = settings(ORDERDESK_OPERATORS=entry, ORDERDESK_OPERATOR_TOKEN_FILE=str(file))
    assert operator_of(by_setting) == "anna"
    with pytest.raises(DeskError, match="cannot be read"):
        operator_of(by_setting, str(tmp_path / "none"))


def test_operator_when_none_is_set_up_or_no_token_shown_then_it_is_said_what_to_do() -> None:
    """A desk without operators changes no limit at run time."""
    with pytest.raises(DeskError, match="limits token"):
        operator_of(settings(ORDERDESK_OPERATOR_TOKEN="anything"))
    with pytest.raises(DeskError, match="show your token"):
        operator_of(settings(ORDERDESK_OPERATORS=new_token("anna")[1]))


def test_token_when_settings_are_shown_then_it_is_not() -> None:
    """It is a secret like every other; an unset one is not said to be set."""
    token, entry = new_token("anna")
    shown = settings(ORDERDESK_OPERATORS=entry, ORDERDESK_OPERATOR_TOKEN=token)
    assert token in shown.secrets
    assert token not in f"{shown}{shown.describe()}"
    said = {line.name: line.value for line in settings().describe()}
    assert said["ORDERDESK_OPERATOR_TOKEN"] == "(not set)"


@pytest.mark.parametrize("name", ["", "Anna", "anna:ben", "a" * 33])
def test_name_when_the_setting_could_not_hold_it_then_no_token_is_made(name: str) -> None:
    """A name is written into the setting as it is."""
    with pytest.raises(InvalidOrder):
        new_token(name)
