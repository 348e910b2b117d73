"""Dead letters: work that could not be finished, kept until a person decides about it."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import insert, select, update

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import DeadLetter
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import UnknownOrder
from orderdesk.stores.ledger_sql import intent_rows, named_locks
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.ending import end
from orderdesk.stores.ledger_sql.reading import found
from orderdesk.stores.ledger_sql.rows import dead_letter_of
from orderdesk.stores.ledger_sql.schema import OPEN_LETTER
from orderdesk.stores.ledger_sql.schema import dead_letters as letters
from orderdesk.stores.ledger_sql.store import Work


class DeadLetters(Chapter):
    """Burying, and what becomes of the buried."""

    def bury(self, letter: DeadLetter, *, end_as: str | None, now_ms: int) -> DeadLetter:
        """Write a dead letter; return it as it is kept.

        The same task id and reason again, while that letter is open, adds to its attempts
        and takes its place in time; after a person has closed it, it is a new letter. A
        message without a task id is always a letter of its own, so that none is lost.

        Args:
            letter: its id is not used.
            end_as: a reason to end its intent EXPIRED_UNSENT in the same transaction, if
                that is RECEIVED; `letter.order` is its key or its client order id.
            now_ms: when the intent ended, if it does.
        """
        with self._store.write() as work:
            named_locks.hold(work.connection, "letter", letter.task_id, letter.reason)
            kept = _again(work, letter) or _first_time(work, letter)
            if end_as is not None and letter.account and letter.order:
                _end(work, letter.account, letter.order, reason=end_as, now_ms=now_ms)
            return kept

    def dead_letters(self, *, state: str | None = "OPEN", limit: int = 200) -> Sequence[DeadLetter]:
        """Return dead letters, newest first; of every state if `state` is None."""
        query = select(letters).order_by(letters.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(letters.c.state == state)
        with self._store.read() as connection:
            return [dead_letter_of(row) for row in connection.execute(query).mappings()]

    def dead_letter(self, letter_id: int) -> DeadLetter | None:
        """Return one dead letter."""
        query = select(letters).where(letters.c.id == letter_id)
        with self._store.read() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else dead_letter_of(row)

    def close_dead_letter(self, letter_id: int, *, state: str, note: str) -> None:
        """Mark a dead letter REPLAYED or DISCARDED, with who and why.

        Raises:
            UnknownOrder: there is no such letter.
        """
        change = update(letters).where(letters.c.id == letter_id).values(state=state, note=note)
        with self._store.write() as work:
            if not work.connection.execute(change).rowcount:
                raise UnknownOrder(f"there is no dead letter number {letter_id}", str(letter_id))


def _again(work: Work, letter: DeadLetter) -> DeadLetter | None:
    """Add to the open letter of the same task and reason, if there is one."""
    query = select(letters).where(
        OPEN_LETTER, letters.c.task_id == letter.task_id, letters.c.reason == letter.reason
    )
    row = work.connection.execute(query.with_for_update()).mappings().first()
    if row is None:
        return None
    before = dead_letter_of(row)
    after = replace(
        before,
        at_ms=max(before.at_ms, letter.at_ms),
        attempts=before.attempts + max(1, letter.attempts),
        message=letter.message,
    )
    work.connection.execute(
        update(letters)
        .where(letters.c.id == before.id)
        .values(at_ms=after.at_ms, attempts=after.attempts, message=after.message)
    )
    return after


def _first_time(work: Work, letter: DeadLetter) -> DeadLetter:
    row = {name: value for name, value in asdict(letter).items() if name != "id"}
    row["arguments"] = dict(letter.arguments)
    key = work.connection.execute(insert(letters).values(row)).inserted_primary_key
    kept = replace(letter, id=key[0] if key else 0)
    work.tell(
        Event(
            EventKind.DEAD_LETTER,
            letter.at_ms,
            account=letter.account or "",
            order=letter.order or "",
            trace_id=str(letter.arguments.get("trace_id") or ""),
            data={
                "letter": kept.id,
                "task": letter.task,
                "task_id": letter.task_id,
                "reason": letter.reason,
                "message": letter.message,
            },
        )
    )
    return kept


def _end(work: Work, account: str, name: str, *, reason: str, now_ms: int) -> None:
    named = found(work.connection, account, name)
    if named is None:
        return
    intent = intent_rows.locked(work, named.id)
    if intent.status is OrderStatus.RECEIVED:
        end(work, intent, OrderStatus.EXPIRED_UNSENT, reason=reason, now_ms=now_ms)
