#!/usr/bin/env python3
"""Make `.venv` what the lock says, from nothing or from any state it is found in.

Run by `ops/install.sh` with any Python 3.11 or newer; only the standard library is at hand.
Here: the steps and what they say. What is there, and whether it is right: `environment.py`.
"""

import argparse
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from environment import (
    LOCK,
    STAMP,
    VENV,
    base_of,
    base_python,
    is_up_to_date,
    stamp_now,
    version_of,
    why_broken,
)

LOG = "install.log"

ROOM_MB = 500
"""The finished environment takes about 310 MB, and pip unpacks beside it (Nov 2026)."""

_CANNOT = 2
_INTERRUPTED = 130

TROUBLES = {
    r"No space left|Errno 28": "the disk is full: make room, then run it again.",
    r"DO NOT MATCH THE HASHES": (
        "a download is not the file that ops/locks/dev.txt names. Do not go round this: try "
        "another network or index, and if it stays so, report it."
    ),
    (
        r"NewConnectionError|name resolution|Name or service not known|timed out|ProxyError"
        r"|Connection refused|Network is unreachable|SSLError|CERTIFICATE_VERIFY"
    ): (
        "pip could not reach its package index. Check the network; behind a proxy set "
        "HTTPS_PROXY, with an index of your own set PIP_INDEX_URL, then run it again."
    ),
    r"No matching distribution": (
        "pip found no ready-made wheel of a package. Either its index could not be reached "
        "(check the network, HTTPS_PROXY, PIP_INDEX_URL), or there is none for this system and "
        "Python; CPython 3.11 to 3.13 has them all: make install PYTHON=python3.12"
    ),
    r"Permission denied|Errno 13": "something in .venv belongs to somebody else: remove .venv.",
}
"""What pip says when it fails, and what a person can do about it; the first that fits is told."""


class CannotInstall(Exception):
    """Raised when a person has to do something first; the text says what."""


def main(words: Sequence[str]) -> int:
    """Make the environment if it is not right; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", action="store_true", help="silent if nothing is to be done")
    parser.add_argument("--named", action="store_true", help="the user named this very Python")
    args = parser.parse_args(words)
    os.chdir(Path(__file__).resolve().parent.parent)
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        with_lock()
        return install(quiet=args.quiet, named=args.named)
    except CannotInstall as error:
        return complain(f"cannot go on: {error}", _CANNOT)
    except OSError as error:
        return complain(f"cannot go on: {error.filename or VENV}: {error.strerror}", _CANNOT)
    except KeyboardInterrupt:
        return complain("interrupted; the next run starts afresh.", _INTERRUPTED)


def install(*, quiet: bool, named: bool) -> int:
    """Bring the environment up to date, saying each step."""
    started = time.monotonic()
    wrong = why_broken(base_of(base_python()) if named else None)
    if wrong is None and is_up_to_date():
        if not quiet:
            say(f"{VENV} is up to date.")
        return 0
    if wrong is None:
        say("ops/locks/dev.txt or pyproject.toml changed: bringing .venv up to date.")
        (VENV / STAMP).unlink()
    else:
        make_venv(wrong)
    install_packages()
    say("[3/3] linking orderdesk itself into it: a few seconds")
    pip("--no-deps", "--no-build-isolation", "--editable", ".")
    # Last of all: whatever was interrupted before leaves no stamp.
    (VENV / STAMP).write_text(json.dumps(asdict(stamp_now()), indent=1))
    say(f"done in {time.monotonic() - started:.0f} s.")
    return 0


def make_venv(wrong: str) -> None:
    """Make a fresh environment with pip in it, in place of whatever is there."""
    python = base_python()
    version = version_of(Path(python))
    check_host(python, version or "?")
    if os.path.lexists(VENV):
        say(f"{VENV} cannot be used: {wrong}. Making it again.")
        remove(VENV)
    say(f"[1/3] making {VENV} with Python {version} ({python}): a few seconds")
    run([python, "-m", "venv", str(VENV)])


def remove(path: Path) -> None:
    """Remove whatever is there; of a link only the link."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)


def check_host(python: str, version: str) -> None:
    """Look for what would stop us later, while nothing has been touched."""
    free_mb = shutil.disk_usage(".").free // 1_000_000
    if free_mb < ROOM_MB:
        raise CannotInstall(f"{free_mb} MB are free here, and {ROOM_MB} MB are needed. Make room.")
    probe = [python, "-c", "import venv, ensurepip"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:  # noqa: S603 - a Python's own modules
        short = version.rpartition(".")[0]
        raise CannotInstall(
            f"{python} comes without venv or ensurepip. Debian, Ubuntu: "
            f"sudo apt install python{short}-venv; or name another one: make install PYTHON=…"
        )


def install_packages() -> None:
    """Install the lock, every file held against its hash."""
    pinned = len(re.findall(r"^[A-Za-z0-9].*==", LOCK.read_text(), re.MULTILINE))
    say(f"[2/3] installing {pinned} packages of {LOCK}, held against their hashes: about a minute")
    # Ready-made wheels only: building one would fetch tools that no hash was written down for.
    pip("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK), expected=pinned)


def pip(*words: str, expected: int = 0) -> None:
    """Run the environment's pip, showing how far it is."""
    python = str(VENV / "bin" / "python")
    quiet = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    run([python, "-m", "pip", "install", *quiet, *words], expected=expected)


def run(command: Sequence[str], *, expected: int = 0) -> None:
    """Run a command, its output kept in a log; `expected` is the number of packages to count."""
    seen: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own words, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        try:
            for line in process.stdout or ():
                seen.append(line)
                show_progress(seen, expected)
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise CannotInstall(explain(command, seen))
    if expected:
        show("")


def explain(command: Sequence[str], seen: Sequence[str]) -> str:
    """Keep what a failed command said, and turn it into a sentence that helps."""
    text = "".join(seen)
    show("")
    where = ""
    if VENV.is_dir():
        (VENV / LOG).write_text(text)
        where = f" Everything it said is in {VENV / LOG}."
    for pattern, advice in TROUBLES.items():
        if re.search(pattern, text):
            return f"{advice}{where}"
    last = next((line.strip() for line in reversed(seen) if line.strip()), "it said nothing")
    return f"`{' '.join(command[:4])} …` failed: {last}{where}"


def show_progress(seen: Sequence[str], expected: int) -> None:
    """Show how far pip is, on a terminal."""
    line = seen[-1]
    if not expected:
        return
    if line.startswith("Collecting "):
        count = sum(1 for said in seen if said.startswith("Collecting "))
        show(f"      {count} of {expected}: {line.split()[1].split('==')[0]}")
    elif line.startswith("Installing collected"):
        show(f"      unpacking {expected} packages")


def show(text: str) -> None:
    """Write over the last line of a terminal; nothing where there is no terminal."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text}")
        sys.stdout.flush()


def with_lock() -> None:
    """Let one install at a time work here; the lock goes with this process."""
    folder = os.open("ops", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another install is at work here; waiting for it.")
        fcntl.flock(folder, fcntl.LOCK_EX)


def say(text: str) -> None:
    """Write a line, at once."""
    sys.stdout.write(f"install: {text}\n")
    sys.stdout.flush()


def complain(text: str, code: int) -> int:
    """Write why it stopped; return the exit code."""
    show("")
    sys.stderr.write(f"install: {text}\n")
    return code


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
