"""The one door to redis-py: how a client is built, how its errors are told, how keys are named.

Every value in Redis that is not Celery's own lies under a name from here. What the values
mean is told where they are used. Light producers import this file too, so it imports nothing
but redis and the desk's errors.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

from redis import BlockingConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from orderdesk.errors import SettingsError, StoreUnavailable

SOCKET_TIMEOUT_S = 3.0
"""An answer later than this is no answer. redis-py's own default is 5 s (8.1, Aug 2026)."""

CONNECT_TIMEOUT_S = 2.0

HEALTH_CHECK_S = 5.0
"""A connection idle for longer is asked for a PONG before it is trusted with a command."""

POOL_SIZE = 64
"""Connections of one process: more than any worker has threads that speak to Redis at once."""

POOL_WAIT_S = 2.0

Client = Redis
"""What `connect` gives, for whoever passes it on from outside of this room."""


def connect(
    url: str,
    *,
    socket_timeout_s: float = SOCKET_TIMEOUT_S,
    health_check_s: float = HEALTH_CHECK_S,
    pool_size: int = POOL_SIZE,
    as_text: bool = True,
) -> Redis:
    """Build a client that threads may share; it connects when it is first used.

    Nothing is ever sent twice: who gives a command knows whether it may be repeated.

    Args:
        url: `redis://` or `rediss://`, password included.
        socket_timeout_s: how long an answer may take.
        health_check_s: how long a connection may idle and still be trusted unasked.
        pool_size: how many connections at most; a caller waits 2 s for a free one.
        as_text: False for what others write, which need not be text; then bytes come back.

    Raises:
        SettingsError: the URL cannot be read.
    """
    options = {
        "max_connections": pool_size,
        "timeout": POOL_WAIT_S,
        "socket_timeout": socket_timeout_s,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_keepalive": True,
        "health_check_interval": health_check_s,
        "decode_responses": as_text,
        "retry": Retry(NoBackoff(), 0),
        # With these notices on, the pool hands out a connection on which an answer is left
        # over, which the next command would take for its own (redis-py 8.1).
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
    try:
        return Redis.from_pool(BlockingConnectionPool.from_url(url, **options))
    except ValueError:
        # Not shown and not chained: the parser may quote a part of the password.
        raise _unreadable_url() from None


def _unreadable_url() -> SettingsError:
    return SettingsError(
        "REDIS_URL cannot be read: write it like redis://127.0.0.1:6379/0",
        "REDIS_URL",
        "",
        "redis://[user:password@]host[:port][/number]",
    )


@contextmanager
def reaching_redis(doing: str) -> Iterator[None]:
    """Turn what redis-py raises inside the block into `StoreUnavailable`.

    Args:
        doing: what the block wants, to complete "Redis failed while …".
    """
    try:
        yield
    except RedisError as error:
        raise StoreUnavailable(f"Redis failed while {doing}: {told(error)}") from error


def told(error: RedisError) -> str:
    """Say what a Redis error says, short and on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    # A server that does not know a command quotes its arguments, and AUTH's is the password.
    return text.partition(", with args beginning with")[0][:200]


def lua(client: Redis, name: str) -> Script:
    """Return a script that lies beside this file, ready to call in one round trip."""
    return client.register_script(files(__package__).joinpath(name).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of everything one desk keeps in Redis."""

    desk_id: str

    def _key(self, *parts: str) -> str:
        return ":".join(("orderdesk", self.desk_id, *parts))

    @property
    def intake(self) -> str:
        """The stream of commands."""
        return self._key("intake")

    @property
    def intake_cursor(self) -> str:
        """The entry id up to which the ledger knows everything."""
        return self._key("intake", "cursor")

    @property
    def intake_wakes(self) -> str:
        """When each lost entry may be woken again."""
        return self._key("intake", "wakes")

    @property
    def throttle(self) -> str:
        """What the throttle knows beside what its pools gave."""
        return self._key("throttle")

    def pool(self, name: str) -> str:
        """The units that a pool of the throttle gave."""
        return self._key("pool", name)

    def offset(self, host: str) -> str:
        """A host's offset to exchange time."""
        return self._key("offset", host)

    @property
    def ledger(self) -> str:
        """The id of the ledger this Redis belongs to."""
        return self._key("ledger")

    @property
    def attempts(self) -> str:
        """The highest attempt counter seen."""
        return self._key("attempts")

    @property
    def epoch(self) -> str:
        """The sign that this Redis has not come back empty."""
        return self._key("epoch")

    @property
    def results_checked(self) -> str:
        """Until when every answer was found in the result backend, ms of exchange time."""
        return self._key("results", "checked")

    def kept(self, name: str) -> str:
        """A text that is kept for a while."""
        return self._key("kept", name)

    @property
    def events(self) -> str:
        """The stream of events."""
        return self._key("events")

    @property
    def events_told(self) -> str:
        """Which events behind the cursor are in the stream, by their number."""
        return self._key("events", "told")

    @property
    def events_cursor(self) -> str:
        """The event up to which every one is in the stream."""
        return self._key("events", "cursor")

    def note(self, name: str) -> str:
        """A moment that somebody noted."""
        return self._key("note", name)

    def lease(self, name: str) -> str:
        """Who does an upkeep job now."""
        return self._key("lease", name)

    def landing(self, flight: str) -> str:
        """The stream that tells those who wait how a fetch ended."""
        return self._key("landing", flight)

    @property
    def markets(self) -> str:
        """Every market's rules."""
        return self._key("markets")

    def price(self, symbol: str) -> str:
        """A symbol's last price."""
        return self._key("price", symbol)
