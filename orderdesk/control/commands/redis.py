"""`orderdesk redis`: become the desk's own Redis server."""

from orderdesk.settings import Settings
from orderdesk.stores import embedded_redis

EXAMPLES = ("orderdesk redis",)


def run() -> int:
    """Run the server in the place of this process; port and folder are settings."""
    settings = Settings.from_environment(needs_keys=False)
    embedded_redis.run(settings.home, settings.redis_port)
