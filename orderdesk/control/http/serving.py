"""Run the app: one process of uvicorn, on loopback unless it is told otherwise."""

import functools
import socket

import uvicorn

from orderdesk import wiring
from orderdesk.client import producer
from orderdesk.control.http.app import build
from orderdesk.control.http.doors import operators_of
from orderdesk.control.http.house import House, Sign
from orderdesk.control.http.presence import Presence
from orderdesk.control.http.watching import Watching
from orderdesk.control.running.readiness import workers_present
from orderdesk.errors import SettingsError
from orderdesk.settings import Settings
from orderdesk.stores.event_tail_redis import EventTailRedis
from orderdesk.stores.redis_door import connect

LONGEST_STOP_S = 5
"""A page that looks on would keep the process for ever."""

MOST_AT_ONCE = 200
"""More connections are told 503 at once."""


BACKLOG = 128
"""How many callers may wait to be let in; uvicorn's own default is 2048."""


def serve(settings: Settings, *, address: str) -> None:
    """Serve until a signal comes.

    Raises:
        SettingsError: the port is taken.
    """
    wiring.counted().started("http")
    house = house_of(settings)
    config = uvicorn.Config(
        build(house, watching_of(house, settings)),
        host=address,
        port=settings.http_port,
        # Ours is configured already, and takes secrets out of every line.
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=LONGEST_STOP_S,
    )
    with _listening(address, settings.http_port) as door:
        uvicorn.Server(config).run(sockets=[door])


def _listening(address: str, port: int) -> socket.socket:
    """Return the socket to serve on: ours, so that a taken port is told as a setting is."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=BACKLOG)
    except OSError as error:
        rule = "a port that nobody listens on, at an address of this host"
        message = f"ORDERDESK_HTTP_PORT={port} at {address}: must be {rule} ({error.strerror})."
        raise SettingsError(message, "ORDERDESK_HTTP_PORT", str(port), rule) from None


def house_of(settings: Settings) -> House:
    """Return the house of this process, wired as every process of the desk is."""
    calls = producer()
    return House(
        desk=wiring.desk(),
        desk_for_a_kill=functools.cache(wiring.desk_for_a_kill),
        submit=lambda name, fields: calls.handle(name).apply_async((), fields),
        sign=Sign(
            mode=str(settings.mode),
            exchange=wiring.venue_name(settings),
            trades_at=settings.base_url,
            desk_id=settings.desk_id,
            account=wiring.ACCOUNT,
        ),
        caps=wiring.caps(settings),
        buffer=settings.rate_limit_buffer,
        operators=operators_of(settings),
        readers=settings.readers,
        per_min=settings.http_per_min,
        scrape=wiring.exposition().scrape,
        look=Presence(settings.home, lambda: workers_present(calls)).look,
    )


def watching_of(house: House, settings: Settings) -> Watching:
    """Return what keeps the page's board true."""
    tail = EventTailRedis(connect(settings.redis_url), desk_id=settings.desk_id)
    return Watching(house, tail=tail.wait)
