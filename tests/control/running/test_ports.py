"""Ports that are taken are named, with what to do."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderdesk.control.running.ports import require_free
from orderdesk.errors import SettingsError
from orderdesk.stores.loopback import HOST


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_require_free_when_a_port_is_taken_then_port_and_setting_are_named(taken: int) -> None:
    """The message names the port, and the setting that chooses another."""
    with pytest.raises(SettingsError, match=f"port {taken} .* set SOME_PORT to") as caught:
        require_free({"SOME_PORT": taken})
    assert caught.value.name == "SOME_PORT"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells")
def test_require_free_when_the_system_tells_then_the_process_is_named(taken: int) -> None:
    """Who has it is said, so that it can be stopped."""
    with pytest.raises(SettingsError, match=f"by process {os.getpid()} "):
        require_free({"SOME_PORT": taken})


def test_require_free_when_nobody_listens_then_nothing_is_said(taken: int) -> None:
    """A port that was left is free again at once, though its last connections linger."""
    with socket.create_connection((HOST, taken)):
        pass
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        left = probe.getsockname()[1]
    require_free({"SOME_PORT": left})
