"""PURE: what supervisord is told, written anew at every start; nobody edits it.

Format and words: supervisor 4.3 docs, "Configuration File", Oct 2026.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orderdesk.control.running.procfile import Process
from orderdesk.errors import SettingsError

SERVERS = ("redis", "simulator")
"""What the others talk to: stopped last, so that orders under way can be finished."""

STOP_WAIT_S = 20
"""A worker finishes what it has begun, and every request has a deadline far below this."""

LOG_BYTES = "10MB"
LOG_BACKUPS = 3

_COMMENTS = (" ;", " #")


@dataclass(frozen=True, slots=True)
class Places:
    """Where a running desk keeps what belongs to the run."""

    home: Path
    socket: Path
    """Where supervisord listens. A unix socket: its path has at most 107 bytes on Linux."""

    @property
    def run(self) -> Path:
        """The folder of the run's own files."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """The folder of logs."""
        return self.home / "log"

    @property
    def config(self) -> Path:
        """What supervisord is told."""
        return self.run / "supervisord.conf"

    def log_of(self, name: str) -> Path:
        """Return one process' log."""
        return self.logs / f"{name}.log"


def render(
    processes: Sequence[Process], places: Places, *, python: str, user: str | None = None
) -> str:
    """Return the configuration.

    Args:
        processes: what to run.
        places: where files go.
        python: the interpreter that the word `python` in a Procfile stands for.
        user: given only for root, whom supervisord wants to hear it from.

    Raises:
        SettingsError: a path or a command has a form that the file cannot hold.
    """
    sections: dict[str, Mapping[str, object]] = {
        "supervisord": {
            "nodaemon": "true",
            "silent": "true",
            "identifier": "orderdesk",
            "logfile": places.log_of("supervisor"),
            "logfile_maxbytes": LOG_BYTES,
            "logfile_backups": LOG_BACKUPS,
            "pidfile": places.run / "supervisord.pid",
            "childlogdir": places.logs,
            **({} if user is None else {"user": user}),
        },
        "unix_http_server": {"file": places.socket, "chmod": "0700"},
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }
    for group, members in grouped(processes).items():
        sections[f"group:{group}"] = {
            "programs": ",".join(process.name for process in members),
            # Started from low to high, stopped from high to low, each group at once.
            "priority": 1 if group == "servers" else 2,
        }
    for process in processes:
        sections[f"program:{process.name}"] = _program(process, places, python=python)
    return "\n".join(_section(name, values) for name, values in sections.items())


def grouped(processes: Sequence[Process]) -> dict[str, list[Process]]:
    """Return the processes by the group they are stopped with; empty groups are left out."""
    groups: dict[str, list[Process]] = {}
    for process in processes:
        group = "servers" if process.name in SERVERS else "desk"
        groups.setdefault(group, []).append(process)
    return groups


def _program(process: Process, places: Places, *, python: str) -> Mapping[str, object]:
    words = [python if word == "python" else word for word in process.words[:1]]
    return {
        "command": " ".join(_quoted(word) for word in [*words, *process.words[1:]]),
        "autorestart": "true",
        # What fails sooner is tried again after 1, 2, 3 … s, for half an hour; what fails
        # later, at once.
        "startsecs": 5,
        "startretries": 60,
        "stopsignal": "TERM",
        "stopwaitsecs": STOP_WAIT_S,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": places.log_of(process.name),
        "stdout_logfile_maxbytes": LOG_BYTES,
        "stdout_logfile_backups": LOG_BACKUPS,
    }


def _section(name: str, values: Mapping[str, object]) -> str:
    lines = [f"{key} = {_value(key, str(value))}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _value(key: str, text: str) -> str:
    """Write a value so that supervisord reads back just this text."""
    if "\n" in text or any(comment in text for comment in _COMMENTS):
        rule = "a text without line breaks and without ` ;` or ` #`, which begin comments there"
        message = f"supervisord's {key} must be {rule}: {text!r}. Move or rename what it names."
        raise SettingsError(message, key, text, rule)
    # supervisord expands %(…)s everywhere, and in this one place twice (4.3, options.py).
    percent = "%%%%" if key == "stdout_logfile" else "%%"
    return text.replace("%", percent)


def _quoted(word: str) -> str:
    """Quote a word for shlex, which supervisord splits commands with."""
    return "'" + word.replace("'", "'\"'\"'") + "'"
