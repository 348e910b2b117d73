"""Settings → Desk, once per process: the only place that knows every room."""

import functools
import hashlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from orderdesk import __version__, wired_venue
from orderdesk.client import Producer
from orderdesk.core.tokens import Caps, Lane
from orderdesk.errors import SettingsError
from orderdesk.exchanges.mexc.error_codes import CODES
from orderdesk.exchanges.mexc.limits import profile
from orderdesk.flows import figures
from orderdesk.ports import Desk, Exchange, Markets, Rules, Throttle
from orderdesk.settings import Mode, Settings
from orderdesk.stores.clock_redis import ClockRedis
from orderdesk.stores.intake_redis import IntakeRedis
from orderdesk.stores.ledger_sql.ledger import LedgerSql
from orderdesk.stores.market_cache_redis import MarketCacheRedis
from orderdesk.stores.memory_redis import MemoryRedis
from orderdesk.stores.outbox_redis import OutboxRedis
from orderdesk.stores.queue_celery import CeleryQueue
from orderdesk.stores.redis_door import Client, connect
from orderdesk.stores.reserve_pace import ReservePace
from orderdesk.stores.throttle_redis import ThrottleRedis
from orderdesk.telemetry import log_context, logs
from orderdesk.telemetry.behind import Behind
from orderdesk.telemetry.fan_out import FanOut
from orderdesk.telemetry.jsonl import AuditFile
from orderdesk.telemetry.logs import EventLog
from orderdesk.telemetry.metrics.counted import Counted
from orderdesk.telemetry.metrics.exposition import Exposition
from orderdesk.telemetry.metrics.setup import Metrics
from orderdesk.telemetry.metrics.watching import (
    Fetches,
    counted_clock,
    counted_markets,
    counted_throttle,
)
from orderdesk.telemetry.stream_redis import RedisStream
from orderdesk.wired_venue import WiredVenue

ACCOUNT = wired_venue.ACCOUNT

LOCKS_END_BEFORE_MS = 100
"""So long before half of an order's window the wait for a lock of the ledger is given up."""

PAPER_UNKNOWN_MS = 1_000
"""How long a throttle whose pools are unknown holds back in paper mode: nobody else sends to our
own simulator, so there is no full window to assume, and a first order need not wait for one."""

_CHATTY = ("celery.app.trace", "celery.worker.strategy", "celery.beat")
"""Celery tells every message with all its arguments; the desk's own events say it better."""

_desks: dict[int, Desk] = {}
_lock = threading.Lock()
_dressing: Callable[[Desk], Desk] | None = None


@functools.cache
def settings() -> Settings:
    """Return this process' settings; the start stops here if one is wrong."""
    return Settings.from_environment()


def desk() -> Desk:
    """Return this process' desk, wired at the first call; a forked child wires its own."""
    pid = os.getpid()
    with _lock:
        if pid not in _desks:
            _desks.clear()
            _desks[pid] = wire(settings())
        return _desks[pid]


def dress_with(dressing: Callable[[Desk], Desk]) -> None:
    """Put something between this process' desk and its ports, before it is first asked for.

    For whoever watches a desk or breaks it on purpose (tests/crash). Costs nothing when unused.
    """
    global _dressing
    _dressing = dressing


def forget() -> None:
    """Drop the desk of a parent process: connections do not survive a fork."""
    _desks.clear()


def venue_name(chosen: Settings) -> str:
    """Return what an account is bound to, so that paper and live never share a ledger."""
    return "paper" if chosen.mode is Mode.TEST else "mexc"


def caps(chosen: Settings) -> Caps:
    """Return what the venue is taken to allow.

    Raises:
        SettingsError: there is no such profile.
    """
    return profile(chosen.caps, chosen.caps_numbers)


def key_hash(chosen: Settings) -> str:
    """Return what names a key and its venue to others without telling either."""
    parts = (chosen.base_url, chosen.api_key, chosen.api_secret)
    text = "\n".join(p if isinstance(p, str) else p.get_secret_value() for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def configure_logging() -> None:
    """Set this process' logging up, and say what the settings want noticed."""
    chosen = settings()
    logs.configure(chosen.log_level, chosen.secrets, form=chosen.log_format)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for notice in chosen.notices:
        logging.getLogger(__name__).warning("%s", notice)


def begin_work(**fields: str) -> None:
    """Say what this thread works at from now on: every line that it logs carries these fields."""
    log_context.begin(**fields)


def end_work() -> None:
    """Say that this thread's work is over."""
    log_context.end()


def desk_for_a_kill() -> Desk:
    """Return a desk of its own that goes on cancelling, slowly, while Redis is away."""
    return wire(settings(), goes_on_without_redis=True)


@functools.cache
def counted() -> Counted:
    """Return what this process' metrics are told; a forked child goes on in files of its own."""
    return _metrics(settings()).counted()


@functools.cache
def exposition() -> Exposition:
    """Return what Prometheus scrapes: every process of this home, and a look at the desk."""
    return _metrics(settings()).exposition(lambda: figures.look(desk()))


def _metrics(chosen: Settings) -> Metrics:
    return Metrics(
        home=chosen.home,
        symbols=chosen.metrics_symbols or (),
        codes=CODES,
        exchange=venue_name(chosen),
        aliases=chosen.metrics_aliases,
        version=__version__,
        mode=chosen.mode.value,
    )


def wire(chosen: Settings, *, goes_on_without_redis: bool = False) -> Desk:
    """Build a desk from settings: every adapter gets plain arguments.

    Raises:
        SettingsError: the home cannot be made.
    """
    _make(chosen.home)
    redis = connect(chosen.redis_url)
    desk_id = chosen.desk_id
    told = _metrics(chosen).counted()
    clock = ClockRedis(redis, desk_id=desk_id)
    throttle = _throttle(chosen, redis)
    if goes_on_without_redis:
        throttle = ReservePace(throttle, clock)
    throttle = counted_throttle(throttle, told)
    rules = _rules(chosen)
    stream = RedisStream(redis, desk_id=desk_id, channel=chosen.results_channel)
    ledger = _ledger(chosen, told, stream)
    venue = WiredVenue(chosen, throttle, counted_clock(clock, told), ledger, rules, tell=told.call)
    ask = functools.partial(venue.seen_from, ACCOUNT, Lane.RESOLVE)
    plain = Desk(
        rules=rules,
        ledger=ledger,
        exchange=venue.seen_from,
        throttle=throttle,
        clock=clock,
        time=venue.time,
        intake=IntakeRedis(redis, desk_id=desk_id),
        queue=CeleryQueue(Producer(chosen).app, redis),
        memory=MemoryRedis(redis, desk_id=desk_id),
        markets=_markets(redis, desk_id, ask, told),
        outbox=OutboxRedis(redis, desk_id=desk_id, deliver=stream.tell),
    )
    return _dressing(plain) if _dressing else plain


def _throttle(chosen: Settings, redis: Client) -> Throttle:
    return ThrottleRedis(
        redis,
        desk_id=chosen.desk_id,
        caps=caps(chosen),
        buffer=chosen.rate_limit_buffer,
        late_ms=chosen.late_ms,
        unknown_ms=None if chosen.mode is Mode.LIVE else PAPER_UNKNOWN_MS,
    )


def _ledger(chosen: Settings, told: Counted, stream: RedisStream) -> LedgerSql:
    """Return the ledger, which tells every sink; Redis' in a thread of its own."""
    behind = Behind(FanOut((stream,), on_miss=told.missed))
    sinks = (EventLog(), AuditFile(chosen.home), told.event, behind)
    return LedgerSql(
        chosen.database_url,
        listener=FanOut(sinks, on_miss=told.missed),
        # Who waits longer for a lock than half of the window would send its order too late.
        lock_timeout_ms=chosen.recv_window_ms // 2 - LOCKS_END_BEFORE_MS,
    )


def _markets(redis: Client, desk_id: str, ask: Callable[[], Exchange], told: Counted) -> Markets:
    """Return the cache of what the venue trades; `ask` gives who is asked where it misses."""
    fetches = Fetches()
    cache = MarketCacheRedis(
        redis,
        desk_id=desk_id,
        fetch_markets=fetches.counted(lambda: ask().markets()),
        fetch_price=fetches.counted(lambda symbol: ask().last_price(symbol)),
    )
    return counted_markets(cache, told, fetches)


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        rule = "a folder that this user may write"
        message = (
            f"ORDERDESK_HOME={home}: must be {rule} ({error.strerror}). "
            "Make it writable, or set ORDERDESK_HOME to another folder."
        )
        raise SettingsError(message, "ORDERDESK_HOME", str(home), rule) from error


def _rules(chosen: Settings) -> Rules:
    return Rules(
        accounts=(ACCOUNT,),
        window_ms=chosen.recv_window_ms,
        risk=chosen.limits,
        scoped=chosen.risk_limits,
        policy=chosen.risk_policy,
        triggers=chosen.triggers,
        kills_foreign=chosen.kill_foreign,
        sleep_bound_ms=chosen.sleep_bound_ms,
        late_ms=chosen.late_ms,
        key_hash=key_hash(chosen) if chosen.mode is Mode.LIVE else None,
    )
