"""`orderdesk bridge`: take orders that come over Redis, from a channel and from a stream."""

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from orderdesk import wiring
from orderdesk.client import Producer
from orderdesk.control.running.readiness import BRIDGE_SIGN
from orderdesk.errors import OutcomeUnknown, QueueUnreachable, StoreUnavailable
from orderdesk.flows import bridge
from orderdesk.ports import Inbox, Ledger
from orderdesk.settings import Settings
from orderdesk.stores.channel_inbox_redis import ChannelInboxRedis
from orderdesk.stores.redis_door import connect
from orderdesk.stores.reply_redis import ReplyNames
from orderdesk.stores.stream_inbox_redis import StreamInboxRedis

WAIT_MS = 1_000
"""How long one look waits for messages; below the client's 3 s, after which it is no answer."""

AGAIN_S = 1.0
"""How long to wait when Redis is away."""

_log = logging.getLogger(__name__)


EXAMPLES = ("orderdesk bridge",)


def run() -> int:
    """Serve both ways in until the process is ended; that may happen at any moment."""
    wiring.configure_logging()
    settings, ledger = wiring.settings(), wiring.desk().ledger
    submit = submitting(Producer(settings))
    ways = inboxes(settings)
    stop = threading.Event()
    sign = _Sign(settings.home / "run" / BRIDGE_SIGN, len(ways))
    with ThreadPoolExecutor(len(ways), "inbox") as pool:
        serving = [pool.submit(_serve, inbox, ledger, submit, sign, stop) for inbox in ways]
        try:
            ended, _ = wait(serving, return_when=FIRST_COMPLETED)
        finally:
            stop.set()
    for one in ended:
        one.result()
    return 1


def inboxes(settings: Settings) -> tuple[Inbox, ...]:
    """Return the ways in, under the names the settings give."""
    client = connect(settings.redis_url, as_text=False)
    replies = ReplyNames(settings.results_channel, settings.replies_stream)
    return (
        ChannelInboxRedis(client, channel=settings.orders_channel, replies=replies),
        StreamInboxRedis(
            client,
            stream=settings.orders_stream,
            group=f"orderdesk:{settings.desk_id}",
            replies=replies,
        ),
    )


def submitting(producer: Producer) -> bridge.Submit:
    """Return how a call is made of a message: as any producer makes it."""

    def submit(task: str, fields: Mapping[str, Any]) -> str:
        result = producer.handle(task).delay(**fields)
        # Celery listens for every result it may be asked for; nobody here asks for one.
        result.backend.remove_pending_result(result)
        return str(result.id)

    return submit


class _Sign:
    """A file that is there, and fresh, once every way in is open: whoever starts a desk waits for
    it, and whoever asks a container for its health looks how old it is.
    """

    def __init__(self, path: Path, ways: int) -> None:
        self._path = path
        self._closed = ways
        self._lock = threading.Lock()

    def looked(self) -> None:
        """Note that a way in was looked through; it is fresh only while all of them are open."""
        if self._closed == 0:
            self._path.touch()

    def one_is_open(self) -> None:
        with self._lock:
            self._closed -= 1
            if self._closed == 0:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch()
                _log.info("the bridge takes orders")


def _serve(
    inbox: Inbox, ledger: Ledger, submit: bridge.Submit, sign: _Sign, stop: threading.Event
) -> None:
    opened, away = False, False
    while not stop.is_set():
        try:
            # The first look is short: it opens the way in, and says so.
            bridge.work(inbox, ledger, submit, wait_ms=WAIT_MS if opened else 1)
        except (StoreUnavailable, QueueUnreachable, OutcomeUnknown) as error:
            if not away:
                _log.warning("Redis is away, what is not answered waits: %s", error)
            away = True
            stop.wait(AGAIN_S)
        else:
            away = False
            if not opened:
                opened = True
                sign.one_is_open()
            sign.looked()
