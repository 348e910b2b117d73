"""The end of a log file, as a person reads it when something went wrong."""

import json
import os
from pathlib import Path

_BYTES = 16_384


def last_lines(path: Path, count: int = 12) -> str:
    """Return the last lines of a log, indented; lines of JSON as their message and error."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _BYTES))
            text = file.read().decode(errors="replace")
    except OSError as error:
        return f"  ({path} cannot be read: {error.strerror})"
    lines = [line for raw in text.splitlines() for line in _readable(raw) if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-count:]) or "  (it is empty)"


def _readable(line: str) -> list[str]:
    try:
        record = json.loads(line)
        return [
            f"{record['level']} {record['message']}",
            *str(record.get("error", "")).splitlines(),
        ]
    except (ValueError, KeyError, TypeError):
        return [line]
