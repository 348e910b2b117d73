"""`orderdesk flower`: become Flower, on loopback and behind a password."""

import os
import sys
from typing import Annotated

import typer

from orderdesk.control.running.flower_access import USER, flower_password
from orderdesk.control.running.ports import HOST
from orderdesk.settings import Settings

EXAMPLES = ("orderdesk flower", "orderdesk flower --address 0.0.0.0")


def run(
    *,
    address: Annotated[
        str, typer.Option(help="Address to listen on; inside a container 0.0.0.0.")
    ] = HOST,
) -> int:
    """Run Flower in the place of this process; it only looks, and can do nothing to workers."""
    settings = Settings.from_environment(needs_keys=False)
    # By the environment, because every user of this host can read a command line.
    os.putenv("FLOWER_BASIC_AUTH", f"{USER}:{flower_password(settings.home)}")
    words = [
        *(sys.executable, "-m", "celery", "-A", "tasks", "flower"),
        f"--address={address}",
        f"--port={settings.flower_port}",
        "--read_only=true",
    ]
    os.execv(words[0], words)  # noqa: S606 - no shell is wanted
