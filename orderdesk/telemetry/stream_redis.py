"""Events on Redis: a stream that loses none, and the user's `order_results` channel.

A channel reaches only who listens at that moment (seed S1 L42 asks for it); who must not miss
a result reads the stream with a consumer group, or the producer's own AsyncResult. An event
that could not be told here is told later from the ledger (`flows/sweep_events.py`), so each
notes its number beside the stream and none is told twice. The client is built elsewhere, and
needs a short timeout: sinks are told on the order's path.
"""

from importlib.resources import files
from typing import Any, Protocol

from orderdesk.core.events import Event
from orderdesk.telemetry.shapes import Json, order_result, position_update, record, to_json

CHANNEL = "order_results"
"""The user's name (seed S1 L42). Amounts on it are text, as everywhere in the desk."""

MOST = 1_000_000
"""About 600 MB of events. A consumer group that falls so far behind loses the oldest: Redis
must not fill up, because orders need it too. They stay in the ledger."""


class Client(Protocol):
    """What we use of redis.Redis."""

    def register_script(self, script: str) -> Any:
        """Return a callable that runs a script: (keys, args)."""


def stream_name(desk_id: str) -> str:
    """Return the name of a desk's event stream; what is noted beside it begins with it too."""
    return f"orderdesk:{desk_id}:events"


class RedisStream:
    """Append every event to the stream once; publish results and position updates.

    Raises what the client raises when Redis is away or refuses to write.
    """

    def __init__(
        self, client: Client, *, desk_id: str, channel: str = CHANNEL, most: int = MOST
    ) -> None:
        stream = stream_name(desk_id)
        script = files(__package__).joinpath("tell_event.lua").read_text("utf-8")
        self._tell = client.register_script(script)
        self._keys = [stream, f"{stream}:told", f"{stream}:cursor"]
        self._channel = channel
        self._most = most

    def __call__(self, event: Event) -> None:
        """Tell one event, in one round trip."""
        self.tell(event)

    def tell(self, event: Event, *, aloud: bool = True) -> None:
        """Tell one event; not `aloud`, it goes into the stream alone."""
        shapes = (order_result(event), position_update(event)) if aloud else ()
        messages = [to_json(shape) for shape in shapes if shape is not None]
        fields = [part for pair in _fields(event).items() for part in pair]
        about = [event.id, self._most, self._channel, len(messages)]
        self._tell(self._keys, [*about, *messages, *fields])


def _fields(event: Event) -> Json:
    """Return the event as a stream's flat fields: all text or whole numbers, `data` as JSON."""
    fields = record(event)
    return {**fields, "data": to_json(fields["data"])}
