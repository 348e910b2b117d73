"""A start in LIVE is shown and meant, or it is none."""

from io import StringIO

import pytest

from orderdesk.control.running.going_live import Ask, confirm
from orderdesk.control.screen import Screen
from orderdesk.core.tokens import Caps
from orderdesk.errors import DeskError, SettingsError
from orderdesk.settings import Settings

CAPS = Caps("mexc-2026-09", orders_per_s=12, requests_per_s=20, weight_per_10_s=300)
SECRETS = {"MEXC_API_KEY": "the-key-1234567", "MEXC_API_SECRET": "the-secret-1234567"}


def _confirm(*, ask: Ask | None = None, **environ: str) -> str:
    said = StringIO()
    settings = Settings.from_environment({"EXECUTION_MODE": "LIVE", **SECRETS, **environ})
    confirm(Screen(said, width=160), settings, account="main", caps=CAPS, ask=ask)
    return said.getvalue()


def test_confirm_when_the_alias_is_typed_then_everything_at_stake_was_shown_before() -> None:
    """Account, venue, caps and limits; and never a secret."""
    asked: list[str] = []

    def typing(question: str) -> str:
        asked.append(question)
        return " main \n"

    said = _confirm(ask=typing, RISK_MAX_NOTIONAL="77", REDIS_URL="redis://:word@h:1/0")
    assert "(main)" in asked[0]
    for part in ("real money", "main, of desk desk", "https://api.mexc.com", "12 orders", "80%"):
        assert part in said
    assert "RISK_MAX_NOTIONAL" in said
    assert "77" in said
    assert not any(secret in said for secret in (*SECRETS.values(), "word"))


@pytest.mark.parametrize("typed", ["", "yes", "y", "Main", "mai"])
def test_confirm_when_something_else_is_typed_then_nothing_starts(typed: str) -> None:
    """A habit of saying yes is no confirmation."""
    with pytest.raises(DeskError, match="nothing was started"):
        _confirm(ask=lambda _question: typed)


def test_confirm_when_nobody_is_there_then_it_says_how_to_confirm_beforehand() -> None:
    """A service manager must say it in its own settings."""
    with pytest.raises(SettingsError, match="ORDERDESK_CONFIRM=main"):
        _confirm()
    assert "real money" in _confirm(ORDERDESK_CONFIRM="main")
    with pytest.raises(DeskError, match="nothing was started"):
        _confirm(ORDERDESK_CONFIRM="other")
