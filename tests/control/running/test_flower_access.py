"""Flower's password: made once, kept, and nobody else's to read."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orderdesk.control.running.flower_access import flower_password
from orderdesk.errors import SettingsError


def test_password_when_it_is_asked_for_twice_then_it_is_the_same(tmp_path: Path) -> None:
    """It is made once; a second run has the same."""
    first = flower_password(tmp_path / "new home")
    assert len(first) >= 16
    assert flower_password(tmp_path / "new home") == first


def test_password_when_it_is_made_then_only_this_user_reads_it(tmp_path: Path) -> None:
    """A password is nobody else's, from its first moment on."""
    flower_password(tmp_path)
    assert stat.S_IMODE((tmp_path / "flower.password").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["flower.password"]


def test_password_when_many_ask_at_once_then_all_have_the_same(tmp_path: Path) -> None:
    """`up` and Flower itself may both be the first."""
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(flower_password, [tmp_path] * 32))) == 1


def test_password_when_the_file_is_empty_then_it_is_refused(tmp_path: Path) -> None:
    """An empty password would let everybody in."""
    (tmp_path / "flower.password").write_text("\n")
    with pytest.raises(SettingsError, match="empty"):
        flower_password(tmp_path)
