from pathlib import Path

import pytest

from orderdesk.errors import SettingsError
from orderdesk.stores.ledger_sql.engine import file_of, ledger_url


@pytest.mark.parametrize(
    "text", ["postgresql+psycopg2://desk:hunter2@host/ledger", "mysql://desk:hunter2@host/x"]
)
def test_ledger_url_when_database_is_not_served_then_it_says_so_without_the_password(
    text: str,
) -> None:
    """The setting, the rule and what is meant; never what is secret."""
    with pytest.raises(SettingsError, match="DATABASE_URL") as raised:
        ledger_url(text)

    assert raised.value.name == "DATABASE_URL"
    assert "hunter2" not in f"{raised.value} {raised.value.args}"


def test_ledger_url_when_it_is_no_url_then_it_says_so_without_repeating_it() -> None:
    """A typing error may hold a password, too."""
    with pytest.raises(SettingsError, match="sqlite:///") as raised:
        ledger_url("postgres hunter2")

    assert "hunter2" not in f"{raised.value} {raised.value.args}"


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_ledger_url_when_it_is_postgresql_then_psycopg_reaches_it(scheme: str) -> None:
    """However it is written, and with whatever the user wants libpq to know."""
    url = ledger_url(f"{scheme}://desk:hunter2@host/ledger?sslmode=verify-full")

    assert url.drivername == "postgresql+psycopg"
    assert (url.password, dict(url.query)) == ("hunter2", {"sslmode": "verify-full"})


@pytest.mark.parametrize("text", ["sqlite://", "sqlite:///:memory:"])
def test_file_of_when_in_memory_then_there_is_none(text: str) -> None:
    """Both of SQLite's ways to say it."""
    assert file_of(ledger_url(text)) is None


def test_file_of_when_in_a_file_then_it_is_absolute() -> None:
    """A process that changes its folder still finds its ledger."""
    assert file_of(ledger_url("sqlite:///var/a ledger.db")) == Path.cwd() / "var/a ledger.db"
