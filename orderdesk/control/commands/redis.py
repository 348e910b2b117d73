"""`orderdesk redis`: become the desk's own Redis server."""

import argparse

from orderdesk.settings import Settings
from orderdesk.stores import embedded_redis


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Take no options: port and folder are settings."""


def run(_args: argparse.Namespace) -> int:
    """Run the server in the place of this process."""
    settings = Settings.from_environment(needs_keys=False)
    embedded_redis.run(settings.home, settings.redis_port)
