"""What supervisord is told, read back by supervisord's own reader."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from supervisor.datatypes import RestartUnconditionally
from supervisor.options import ServerOptions

from orderdesk.control.running.procfile import Process
from orderdesk.control.running.supervisor_config import Places, grouped, render
from orderdesk.errors import SettingsError

PROCESSES = (
    Process("redis", ("python", "-m", "orderdesk", "redis")),
    Process("odd", ("python", "-n", "a@%h", "it's", 'say "x y"', "tail;", "python")),
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A home with what a path may hold: spaces, percent signs, letters of all kinds."""
    found = Places(tmp_path / "a 100%h ü", tmp_path / "s.sock")
    found.run.mkdir(parents=True)
    found.logs.mkdir()
    return found


def _groups(text: str, places: Places) -> dict[str, Any]:
    """Give the text to supervisord as it would read it at its start."""
    places.config.write_text(text)
    options = ServerOptions()
    options.realize(args=["-c", str(places.config)], doc="", progname="supervisord")
    return {group.name: group for group in options.process_group_configs}


def _programs(text: str, places: Places) -> dict[str, Any]:
    groups = _groups(text, places).values()
    return {program.name: program for group in groups for program in group.process_configs}


def test_render_when_words_are_odd_then_the_process_is_given_just_these(places: Places) -> None:
    """Whatever a Procfile says reaches the process word for word; only `python` is this one."""
    text = render(PROCESSES, places, python="/a venv/bin/python")
    command = _programs(text, places)["odd"].command
    # supervisor 4.3 splits a command like this (process.py, get_execv_args).
    assert shlex.split(command) == ["/a venv/bin/python", *PROCESSES[1].words[1:]]


def test_render_when_the_home_is_odd_then_logs_are_where_they_belong(places: Places) -> None:
    """A path is a path, whatever supervisord would make of its percent signs."""
    program = _programs(render(PROCESSES, places, python="p"), places)["redis"]
    assert program.stdout_logfile == str(places.log_of("redis"))
    assert program.stdout_logfile_maxbytes == 10 * 1024 * 1024
    assert program.stdout_logfile_backups == 3
    assert program.redirect_stderr


def test_render_when_a_process_dies_then_it_is_restarted_and_stopped_with_its_group(
    places: Places,
) -> None:
    """What dies is started again; at the end nothing of its process group is left."""
    program = _programs(render(PROCESSES, places, python="p"), places)["odd"]
    assert program.autorestart is RestartUnconditionally
    assert program.killasgroup
    assert program.stopwaitsecs == 20


def test_render_when_the_desk_stops_then_its_servers_go_last(places: Places) -> None:
    """Orders under way still need Redis and the exchange: groups stop from high to low."""
    groups = _groups(render(PROCESSES, places, python="p"), places)
    assert groups["servers"].priority < groups["desk"].priority
    assert [p.name for p in groups["servers"].process_configs] == ["redis"]


def test_grouped_when_a_group_is_empty_then_it_is_left_out() -> None:
    """A group without programs would be refused by supervisord."""
    assert list(grouped(PROCESSES[1:])) == ["desk"]


@pytest.mark.parametrize("name", ["with ; comment", "with #comment", "two\nlines"])
def test_render_when_a_path_would_begin_a_comment_then_it_is_refused(
    tmp_path: Path, name: str
) -> None:
    """Better no start than a start with half a path."""
    places = Places(tmp_path / name, tmp_path / "s.sock")
    with pytest.raises(SettingsError, match="Move or rename"):
        render(PROCESSES, places, python="p")
