"""`orderdesk metrics`: a port that is taken is a setting to change, said in one line."""

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.mark.processes
def test_metrics_when_the_port_is_taken_then_the_setting_is_named_and_the_code_is_2(
    tmp_path: Path,
) -> None:
    """What it serves when the port is free: tests/processes/test_metrics.py."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environ = {
            **os.environ, "ORDERDESK_HOME": str(tmp_path), "ORDERDESK_METRICS_PORT": port,
        }  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-m", "orderdesk", "metrics"], cwd=CHECKOUT, env=environ,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert ended.returncode == 2, ended.stderr
    assert f"ORDERDESK_METRICS_PORT={port}: must be a port that nobody listens on" in ended.stderr
