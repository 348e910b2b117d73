"""Events on Redis: a bounded stream that loses none, and the user's `order_results` channel.

A channel reaches only who listens at that moment (seed S1 L42 asks for it); who must not miss
a result reads the stream, or the producer's own AsyncResult. The client is built elsewhere,
and needs a short timeout: sinks are told on the order's path.
"""

from typing import Any, Protocol

from orderdesk.core.events import Event
from orderdesk.telemetry.shapes import Json, order_result, position_update, record, to_json

CHANNEL = "order_results"
"""The user's name (seed S1 L42). Amounts on it are text, as everywhere in the desk."""

MAX_LENGTH = 100_000
"""About 50 MB of events; older ones leave the stream and stay in the ledger."""


class Pipeline(Protocol):
    """What we use of redis.client.Pipeline."""

    def xadd(self, name: str, fields: Any, *, maxlen: int, approximate: bool) -> Any:
        """Queue an append to a stream."""

    def publish(self, channel: str, message: str) -> Any:
        """Queue a message to a channel."""

    def execute(self) -> Any:
        """Send everything queued in one round trip."""


class Client(Protocol):
    """What we use of redis.Redis."""

    def pipeline(self, *, transaction: bool) -> Any:
        """Return a `Pipeline`."""


def stream_name(desk_id: str) -> str:
    """Return the name of a desk's event stream."""
    return f"orderdesk:{desk_id}:events"


class RedisStream:
    """Append every event to the stream; publish results and position updates.

    Raises what the client raises when Redis is away or refuses to write.
    """

    def __init__(self, client: Client, *, desk_id: str, max_length: int = MAX_LENGTH) -> None:
        self._client = client
        self._stream = stream_name(desk_id)
        self._max_length = max_length

    def __call__(self, event: Event) -> None:
        """Tell one event in one round trip."""
        pipeline: Pipeline = self._client.pipeline(transaction=False)
        # "About" so many: exact trimming would cost every writer.
        fields = _fields(event)
        pipeline.xadd(self._stream, fields, maxlen=self._max_length, approximate=True)
        for message in (order_result(event), position_update(event)):
            if message is not None:
                pipeline.publish(CHANNEL, to_json(message))
        pipeline.execute()


def _fields(event: Event) -> Json:
    """Return the event as a stream's flat fields: all text or whole numbers, `data` as JSON."""
    fields = record(event)
    return {**fields, "data": to_json(fields["data"])}
