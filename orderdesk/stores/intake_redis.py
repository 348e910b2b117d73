"""The intake: the stream of accepted commands. Accepted means kept.

Light producers use this file too: it imports nothing but redis, core, errors and ports.
What is done with lost entries is not here (`flows/sweep_intake.py`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

from redis import Redis
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    NoScriptError,
    RedisError,
    ResponseError,
)

from orderdesk.errors import OutcomeUnknown, QueueUnreachable
from orderdesk.ports import IntakeEntry
from orderdesk.stores.redis_door import Keys, lua, reaching_redis, told

START = "0-0"
"""The cursor of a stream that nobody has read: before every entry."""

_NOES = (ResponseError, BusyLoadingError, AuthenticationError, AuthorizationError)
"""Error *replies*: the server heard the command and did not carry it out (OOM, READONLY,
NOPERM, NOAUTH, LOADING, MISCONF). Redis answers so before it touches the stream."""


class _Connection(Protocol):
    """What we use of redis.connection.Connection, whose types say nothing."""

    def check_health(self) -> None: ...
    def send_command(self, *words: object, check_health: bool) -> None: ...
    def read_response(self) -> Any: ...


class _Pool(Protocol):
    """What we use of redis.ConnectionPool."""

    def get_connection(self) -> _Connection: ...
    def release(self, connection: _Connection) -> None: ...


class IntakeRedis:
    """The `Intake` port over a Redis stream.

    It keeps what it acknowledged only if the server writes an append-only file with
    `appendfsync always`; the desk's own server does.
    """

    def __init__(self, client: Redis, *, desk_id: str) -> None:
        self._client = client
        self._pool = cast(_Pool, client.connection_pool)
        self._keys = Keys(desk_id)
        self._both = lua(client, "keep_and_publish.lua")
        self._wake_due = lua(client, "wake_due.lua")
        self._trim = lua(client, "trim_intake.lua")

    def append(self, task: str, task_id: str, fields: Mapping[str, Any]) -> str:
        """Keep a command; return its entry id. It is sent once, whatever happens.

        Raises:
            QueueUnreachable: no connection, or the server said no: nothing was kept.
            OutcomeUnknown: the connection broke or fell silent after the command was begun.
        """
        entry = ("task", task, "task_id", task_id, "fields", _text(fields))
        with self._sending_once(task, task_id, fields) as connection:
            connection.send_command("XADD", self._keys.intake, "*", *entry, check_health=False)
            return str(connection.read_response())

    def confirm_reachable(self) -> None:
        """Have a connection ready.

        Raises:
            QueueUnreachable: there is none; nothing was sent.
        """
        self._pool.release(self._connected())

    def append_and_publish(
        self,
        task: str,
        task_id: str,
        fields: Mapping[str, Any],
        *,
        queue: str,
        message: Sequence[str],
    ) -> str:
        """Keep a command and put its message on a queue of this very server, in one round trip.

        It is sent once, whatever happens. A producer that dies meanwhile has done both or nothing.

        Args:
            task: its name.
            task_id: under which its result will be stored.
            fields: as in `append`.
            queue: the name of a list.
            message: as Celery reads it, in pieces; the entry id stands between them.

        Raises:
            QueueUnreachable: no connection, or the server said no: nothing was kept.
            OutcomeUnknown: the connection broke or fell silent after the command was begun, or the
                command is kept and its message was refused.
        """
        words = (2, self._keys.intake, queue, task, task_id, _text(fields), *message)
        with self._sending_once(task, task_id, fields) as connection:
            try:
                connection.send_command("EVALSHA", self._both.sha, *words, check_health=False)
                entry, *refused = connection.read_response()
            except NoScriptError:  # so nothing was done
                connection.send_command("EVAL", self._both.script, *words, check_health=False)
                entry, *refused = connection.read_response()
        if refused:
            raise _unknown(
                f"{task} is kept, and its queue refused it: {refused[0]}", fields, task_id
            )
        return str(entry)

    @contextmanager
    def _sending_once(
        self, task: str, task_id: str, fields: Mapping[str, Any]
    ) -> Iterator[_Connection]:
        """Lend a connection that has just proved to be open, and tell what its errors mean."""
        connection = self._connected()
        try:
            yield connection
        except _NOES as error:
            raise QueueUnreachable(
                f"Redis refused to keep {task}, so nothing was queued: {told(error)}"
            ) from error
        except RedisError as error:
            said = f"Redis did not say whether it kept {task} ({told(error)})"
            raise _unknown(said, fields, task_id) from error
        finally:
            self._pool.release(connection)

    def entries(self, after: str, limit: int) -> Sequence[IntakeEntry]:
        """Return at most `limit` entries after an id, oldest first."""
        with reaching_redis("reading the intake"):
            found = self._client.xrange(self._keys.intake, min=f"({after or START}", count=limit)
        rows = cast("list[tuple[str, dict[str, str]]]", found or [])
        return [_entry(entry_id, values) for entry_id, values in rows]

    def now_ms(self) -> int:
        """Return Redis' clock."""
        with reaching_redis("asking for its time"):
            seconds, micros = self._client.time()
        return seconds * 1_000 + micros // 1_000

    def trim(self, before: str) -> int:
        """Drop entries older than an id, and wake times nobody needs; return how many entries."""
        keys = [self._keys.intake, self._keys.intake_wakes, self._keys.intake_cursor]
        with reaching_redis("trimming the intake"):
            return int(self._trim(keys, [before]))

    def cursor(self) -> str:
        """Return the id up to which the ledger knows every entry; `0-0` at first."""
        with reaching_redis("reading the intake's cursor"):
            return cast("str | None", self._client.get(self._keys.intake_cursor)) or START

    def move_cursor(self, entry_id: str) -> None:
        """Remember that everything up to this id has its row."""
        with reaching_redis("moving the intake's cursor"):
            self._client.set(self._keys.intake_cursor, entry_id)

    def wake_due(self, entry_ids: Sequence[str], now_ms: int) -> set[str]:
        """Return which entries may be woken now; each again after 5 s, doubling to 60 s."""
        if not entry_ids:
            return set()
        with reaching_redis("scheduling wake-ups"):
            return set(self._wake_due([self._keys.intake_wakes], [now_ms, *entry_ids]))

    def _connected(self) -> _Connection:
        """Return a connection that has just proved to be open; until here nothing is sent."""
        try:
            connection = self._pool.get_connection()
        except RedisError as error:
            raise _unreachable(error) from error
        try:
            connection.check_health()
        except RedisError as error:
            self._pool.release(connection)
            raise _unreachable(error) from error
        return connection


def _text(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, separators=(",", ":"), allow_nan=False)


def _unknown(said: str, fields: Mapping[str, Any], task_id: str) -> OutcomeUnknown:
    key = str(fields.get("idempotency_key", ""))
    again = f"repeat the call with idempotency_key={key!r}, it cannot double anything"
    return OutcomeUnknown(f"{said}; {again}", key, task_id)


def _unreachable(error: RedisError) -> QueueUnreachable:
    return QueueUnreachable(
        f"Redis cannot be reached, nothing was queued; call again when it is back: {told(error)}"
    )


def _entry(entry_id: str, values: Mapping[str, str]) -> IntakeEntry:
    """Read an entry; one that is not ours becomes a command that every check refuses.

    A stream that cannot be read past one entry would keep all that come after it from the
    sweep. Woken like any other, the entry ends as a dead letter with its text in it.
    """
    text = values.get("fields", "")
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        fields = {"undecodable": text[:200]}
    return IntakeEntry(entry_id, values.get("task", ""), values.get("task_id", ""), fields)
