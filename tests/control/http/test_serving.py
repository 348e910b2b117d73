"""The HTTP side is served by what the settings say, or says why it is not."""

import socket
from pathlib import Path

import pytest

from orderdesk.control.http.serving import serve
from orderdesk.errors import SettingsError
from orderdesk.ports import Desk
from orderdesk.settings import Settings


def test_serve_when_the_port_is_taken_then_the_setting_is_named(
    bare_desk: Desk, tmp_path: Path
) -> None:
    """Another desk, most likely."""
    assert bare_desk.ledger.ledger_id()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = Settings.from_environment(
            {"ORDERDESK_HOME": str(tmp_path), "ORDERDESK_HTTP_PORT": port}
        )
        with pytest.raises(SettingsError, match=f"ORDERDESK_HTTP_PORT={port}"):
            serve(settings, address="127.0.0.1")
