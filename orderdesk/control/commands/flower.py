"""`orderdesk flower`: become Flower, on loopback and behind a password."""

import argparse
import os
import sys

from orderdesk.control.running.flower_access import USER, flower_password
from orderdesk.control.running.ports import HOST
from orderdesk.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let it listen elsewhere, as it must inside a container."""
    parser.add_argument("--address", default=HOST, help="address to listen on (%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Run Flower in the place of this process; it only looks, and can do nothing to workers."""
    settings = Settings.from_environment(needs_keys=False)
    # By the environment, because every user of this host can read a command line.
    os.putenv("FLOWER_BASIC_AUTH", f"{USER}:{flower_password(settings.home)}")
    words = [
        *(sys.executable, "-m", "celery", "-A", "tasks", "flower"),
        f"--address={args.address}",
        f"--port={settings.flower_port}",
        "--read_only=true",
    ]
    os.execv(words[0], words)  # noqa: S606 - no shell is wanted
