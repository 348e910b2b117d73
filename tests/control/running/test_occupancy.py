"""One `up` a home."""

import json
import os
from pathlib import Path

import pytest

from orderdesk.control.running.occupancy import LONGEST_SOCKET, occupied
from orderdesk.errors import SettingsError


def test_occupied_when_the_home_is_taken_then_its_holder_is_named(tmp_path: Path) -> None:
    """A second desk on one home is refused, and told who is there."""
    with (
        occupied(tmp_path),
        pytest.raises(SettingsError, match=f"process {os.getpid()}"),
        occupied(tmp_path),
    ):
        pass


def test_occupied_when_the_holder_is_gone_then_the_home_is_free(tmp_path: Path) -> None:
    """It works twice in a row, and a good end leaves nothing behind."""
    with occupied(tmp_path) as first:
        assert first.left_behind is None
    with occupied(tmp_path) as second:
        assert second.left_behind is None


def test_occupied_when_the_holder_was_killed_then_its_socket_is_known(tmp_path: Path) -> None:
    """What a killed run left in its lock leads to the supervisor that may still be there."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "up.lock").write_text(json.dumps({"pid": 1, "socket": "/x/y.sock"}))
    with occupied(tmp_path) as home:
        assert home.left_behind == Path("/x/y.sock")


@pytest.mark.parametrize("depth", [1, 40])
def test_occupied_when_the_home_is_deep_then_the_socket_fits_all_the_same(
    tmp_path: Path, depth: int
) -> None:
    """A unix socket's path is short by law; a home's is not."""
    home = tmp_path.joinpath(*["deep"] * depth)
    with occupied(home) as found:
        assert len(os.fsencode(found.socket)) < LONGEST_SOCKET
        assert found.socket.parent.is_dir()
        beside = found.socket.parent
    assert beside.exists() == (beside == home / "run")


def test_occupied_when_the_home_cannot_be_made_then_it_is_said(tmp_path: Path) -> None:
    """A home that cannot be written stops the start, naming the setting."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="ORDERDESK_HOME"), occupied(tmp_path / "file"):
        pass
