"""A desk without its servers: a ledger in a temporary home, and a Redis that is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orderdesk import wiring
from orderdesk.ports import Desk


@pytest.fixture
def bare_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk as a command finds it when only the ledger can be reached."""
    home = tmp_path / "a home"
    home.mkdir()
    monkeypatch.setenv("ORDERDESK_HOME", str(home))
    # Port 1 belongs to tcpmux, which nobody runs: it refuses at once.
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("MEXC_BASE_URL", "http://127.0.0.1:1")
    wiring.settings.cache_clear()
    wiring.forget()
    desk = wiring.desk()
    yield desk
    wiring.settings.cache_clear()
    wiring.forget()
