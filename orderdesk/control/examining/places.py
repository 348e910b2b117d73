"""The places on this host: the home, its disk, files that hold secrets, and the Redis server."""

import os
import shutil
import stat
from pathlib import Path

from orderdesk.control.running import ports
from orderdesk.core.preflight import Finding, Verdict
from orderdesk.errors import SettingsError
from orderdesk.settings import Settings
from orderdesk.stores.redis_server import server_binary

DISK_FREE_BYTES = 1024**3
"""Room for about 500,000 orders, at 2.1 kB of ledger each (a soak of 15 orders, 27 Nov 2026)."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def examined(settings: Settings, *, running: bool) -> list[Finding]:
    """Return what was found; ports are only looked at while no desk of this home runs."""
    found = [_home(settings.home), _disk(settings.home), *_secret_files(settings)]
    if settings.starts_redis:
        found.append(_server())
    if not running:
        found.append(_ports(settings))
    return found


def _home(home: Path) -> Finding:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _no_home(home, error.strerror or type(error).__name__)
    if not os.access(home, os.W_OK | os.X_OK):
        return _no_home(home, "this user may not write there")
    return Finding("home", Verdict.YES, f"{home.resolve()} can be written")


def _no_home(home: Path, why: str) -> Finding:
    what = "make it writable for this user, or set ORDERDESK_HOME to another folder"
    return Finding("home", Verdict.NO, f"{home}: {why}", what)


def _disk(home: Path) -> Finding:
    try:
        free = shutil.disk_usage(home).free
    except OSError as error:
        return Finding("disk", Verdict.NO_ANSWER, f"{home}: {error.strerror}", "see the home above")
    says = f"{free / 1024**3:.1f} GiB are free"
    if free < DISK_FREE_BYTES:
        what = "make room: a full disk stops sending, because nothing is sent that is not written"
        return Finding("disk", Verdict.NO, says, what)
    return Finding("disk", Verdict.YES, says)


def _secret_files(settings: Settings) -> list[Finding]:
    """Look at the files of our own that hold secrets; only this user may read them."""
    found = []
    for path in sorted(settings.home.glob("*.password")):
        if path.stat().st_mode & _OTHERS:
            what = f"chmod 600 {path}"
            says = f"{path} can be read by others than its owner"
            found.append(Finding("secret files", Verdict.NO, says, what))
    return found or [Finding("secret files", Verdict.YES, "only their owner may read them")]


def _server() -> Finding:
    try:
        return Finding("redis server", Verdict.YES, f"{server_binary()} can be started")
    except SettingsError as error:
        says, _, what = str(error).partition(": ")
        return Finding("redis server", Verdict.NO, says, what)


def _ports(settings: Settings) -> Finding:
    wanted = {"ORDERDESK_FLOWER_PORT": settings.flower_port}
    if settings.starts_redis:
        wanted["ORDERDESK_REDIS_PORT"] = settings.redis_port
    if settings.starts_simulator:
        wanted["ORDERDESK_SIMULATOR_PORT"] = settings.simulator_port
    try:
        ports.require_free(wanted)
    except SettingsError as error:
        says, _, what = str(error).partition(": ")
        return Finding("ports", Verdict.NO, says, what)
    return Finding("ports", Verdict.YES, f"{', '.join(map(str, wanted.values()))} are free")
