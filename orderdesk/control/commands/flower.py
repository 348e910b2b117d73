"""`orderdesk flower`: become Flower, on loopback and behind a password."""

import os
import sys
from typing import Annotated

import typer

from orderdesk.control.running.flower_access import USER, flower_password
from orderdesk.settings import Settings
from orderdesk.stores.loopback import HOST

EXAMPLES = ("orderdesk flower", "orderdesk flower --address 0.0.0.0")

SAVE_EVERY_MS = 60_000
"""So much of what it has seen a Flower that is killed forgets; it saves when it is ended too."""


def run(
    *,
    address: Annotated[
        str, typer.Option(help="Address to listen on; inside a container 0.0.0.0.")
    ] = HOST,
) -> int:
    """Run Flower in the place of this process; it only looks, and can do nothing to workers."""
    settings = Settings.from_environment(needs_keys=False)
    seen = settings.home / "run" / "flower"
    seen.parent.mkdir(parents=True, exist_ok=True)
    # What it has seen is for nobody else on this host, and Flower asks for no mode of its files.
    os.umask(0o077)
    # By the environment, because every user of this host can read a command line.
    os.putenv("FLOWER_BASIC_AUTH", f"{USER}:{flower_password(settings.home)}")
    words = [
        *(sys.executable, "-m", "celery", "-A", "tasks", "flower"),
        f"--address={address}",
        f"--port={settings.flower_port}",
        "--read_only=true",
        "--persistent=true",
        f"--db={seen}",
        f"--state_save_interval={SAVE_EVERY_MS}",
    ]
    os.execv(words[0], words)  # noqa: S606 - no shell is wanted
