"""A PostgreSQL that is away, that ends a session, that does not answer a commit, or says no."""

import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, make_url, text

from orderdesk.core.answers import Accepted
from orderdesk.core.intents import AttemptState, Doubt
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import LedgerUnavailable
from orderdesk.stores.ledger_sql import LedgerSql
from tests.postgres import DESK, RunningPostgres, running_postgres, standby_of
from tests.stores.ledger_sql.deaf_proxy import deaf_proxy
from tests.stores.ledger_sql.drafts import WINDOW_MS, draft
from tests.stores.ledger_sql.steps import T_MS, placed, sending, try_open

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def own_server() -> Iterator[RunningPostgres]:
    """A server that keeps what it acknowledges, and may be stopped."""
    with running_postgres() as server:
        yield server


def _open(url: str) -> LedgerSql:
    return LedgerSql(url, listener=lambda _event: None)


def test_open_attempt_when_the_commit_is_not_acknowledged_then_it_is_not_sent_and_is_resolved(
    postgres: RunningPostgres, postgres_url: str
) -> None:
    """The commit happened and its answer was lost: the sweep finds an attempt like any other
    whose answer is missing, and the error says that it may be so.
    """
    with deaf_proxy(postgres.port) as proxy:
        # Given
        ledger = _open(make_url(postgres_url).set(port=proxy.port).render_as_string(False))
        before = placed(ledger, draft("before"))
        proxy.lose_answer_to(b"COMMIT\0")
        # When
        with pytest.raises(LedgerUnavailable, match="it MAY have been written"):
            try_open(ledger, draft())
        # Then
        intent = ledger.intent("main", "key-1")
        assert intent is not None
        assert intent.status is OrderStatus.SENDING
        attempt = ledger.open_attempt_of(intent.id)
        assert attempt is not None
        assert attempt.state is AttemptState.OPEN
        assert ledger.due(T_MS + WINDOW_MS + 500, 9) == [intent]
        assert ledger.intent("main", "before") == before
        ledger.close()


def test_open_attempt_when_its_session_is_ended_before_the_commit_then_nothing_was_written(
    postgres_ledger: LedgerSql, postgres: RunningPostgres
) -> None:
    """As PostgreSQL does to a worker that stood still inside a transaction for too long."""

    def ended() -> int:
        with postgres.admin() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = %s AND state = 'idle in transaction'",
                (DESK,),
            )
        return T_MS

    with pytest.raises(LedgerUnavailable, match="nothing was written"):
        try_open(postgres_ledger, draft(), stamp=ended)

    assert postgres_ledger.intent("main", "key-1") is None
    assert sending(postgres_ledger, draft()).attempt.number == 1


def test_ledger_when_the_server_goes_and_comes_back_then_it_goes_on_with_what_it_kept(
    own_server: RunningPostgres,
) -> None:
    """Killed between attempt and answer: away is told as away, and the attempt is still there."""
    # Given
    ledger = _open(own_server.create("kept"))
    opened = sending(ledger, draft())
    # When
    own_server.kill()
    for use in (ledger.attempt_counter, lambda: sending(ledger, draft("key-2"))):
        with pytest.raises(LedgerUnavailable, match="nothing was"):
            use()
    own_server.start()
    # Then
    assert ledger.open_attempt_of(opened.intent.id) == opened.attempt
    settled = ledger.settle(opened.attempt.id, Accepted("X1"), now_ms=T_MS + 50)
    assert settled.status is OrderStatus.NEW
    assert ledger.intent("main", "key-2") is None
    ledger.close()


def test_ledger_when_its_database_is_a_copy_then_nothing_is_sent_before_the_doubt(
    own_server: RunningPostgres,
) -> None:
    """Restored into another database: what was sent since may be missing, so look first."""
    # Given
    first = _open(own_server.create("first"))
    opened = sending(first, draft())
    assert not first.moved()
    first.close()
    # When
    copy = _open(own_server.create("copy", like="first"))
    # Then
    assert copy.moved()
    with pytest.raises(LedgerUnavailable, match=r"a doubt comes first.*nothing was written"):
        try_open(copy, draft("key-2"))
    # What is open can be settled, refused, cancelled: only sending waits.
    assert copy.settle(opened.attempt.id, Accepted("X1"), now_ms=T_MS).status is OrderStatus.NEW
    copy.begin_doubt(Doubt(T_MS, T_MS + 1_000, "LEDGER_MOVED"))
    assert not copy.moved()
    sending(copy, draft("key-2"))
    copy.close()


def test_ledger_when_a_standby_takes_over_then_nothing_is_sent_before_the_doubt(
    own_server: RunningPostgres,
) -> None:
    """A desk that runs on notices by its next connection: the timeline is a new one."""
    # Given a standby that has followed so far, and a desk that reaches both by one name
    own_server.create("followed")
    with standby_of(own_server) as standby, deaf_proxy(own_server.port) as proxy:
        url = make_url(own_server.url("followed")).set(port=proxy.port)
        ledger = _open(url.render_as_string(hide_password=False))
        opened = sending(ledger, draft())
        standby.caught_up_with(own_server)
        # When the server dies, and its standby takes over
        own_server.kill()
        standby.run("pg_ctl", "promote", "-w", "-D", str(standby.data))
        proxy.port_behind = standby.port
        with pytest.raises(LedgerUnavailable):
            ledger.attempt_counter()
        # Then
        assert ledger.open_attempt_of(opened.intent.id) == opened.attempt
        with pytest.raises(LedgerUnavailable, match="a doubt comes first"):
            try_open(ledger, draft("key-2"))
        assert ledger.moved()
        ledger.begin_doubt(Doubt(T_MS, T_MS + 1_000, "LEDGER_MOVED"))
        # Its numbers jump: a lower counter would not have shown what was lost.
        assert sending(ledger, draft("key-2")).attempt.id > opened.attempt.id + 1
        ledger.close()
    own_server.start()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "hunter3"}, "password authentication failed"),
        ({"database": "elsewhere"}, "does not exist"),
        ({"port": 9}, "refused"),
        ({"query": {"sslmode": "nonsense"}}, "sslmode"),
        ({"query": {"no_such_word": "1"}}, "no_such_word"),
    ],
)
def test_ledger_when_it_cannot_be_reached_then_why_is_said_without_the_password(
    postgres_url: str, change: dict[str, Any], said: str
) -> None:
    """Neither the message nor anything that a log would show of its causes."""
    url = make_url(postgres_url).set(**change).render_as_string(hide_password=False)

    with pytest.raises(LedgerUnavailable, match=said) as raised:
        _open(url)

    shown = "".join(traceback.format_exception(raised.value))
    assert "hunter" not in shown
    assert "nothing was opened" in str(raised.value)


def test_durability_when_the_server_keeps_then_it_is_said(own_server: RunningPostgres) -> None:
    """As PostgreSQL is when nobody has changed it."""
    ledger = _open(own_server.create("durable"))
    found = ledger.durability()
    ledger.close()
    assert found.kept is True
    assert "fsync on, synchronous_commit on, full_page_writes on" in found.says


def test_durability_when_the_server_may_lose_then_it_is_said(postgres_ledger: LedgerSql) -> None:
    """The tests' own server is fast, and no place for orders: the pre-flight would say no."""
    found = postgres_ledger.durability()
    assert found.kept is False
    assert "fsync off" in found.says


@pytest.mark.parametrize(("theirs", "ours"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_commit_when_the_role_acknowledges_early_then_our_sessions_do_not(
    own_server: RunningPostgres, theirs: str, ours: str
) -> None:
    """A commit is on disk before it is acknowledged, whatever was chosen for the role; never less
    than what was chosen.
    """
    name = f"early_{theirs}"
    url = own_server.create(name)
    with own_server.admin() as admin:
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = {theirs}".encode())
    ledger = _open(url)
    with ledger._store.write() as work:
        assert work.connection.scalar(text("SHOW synchronous_commit")) == ours
    ledger.close()


def test_session_when_it_begins_then_it_is_ours(postgres_ledger: LedgerSql) -> None:
    """Isolation, locks and the end of idle transactions are said by us, on every connection."""
    names = ("transaction_isolation", "lock_timeout", "idle_in_transaction_session_timeout")
    found = []
    with postgres_ledger._store.write() as work:
        found.append([work.connection.scalar(text(f"SHOW {name}")) for name in names])
    with postgres_ledger._store.read() as connection:
        found.append([connection.scalar(text(f"SHOW {name}")) for name in names])
    assert found == [
        ["read committed", "900ms", "10s"],
        ["repeatable read", "900ms", "10s"],
    ]


def test_placing_when_all_goes_well_then_it_takes_two_commits(postgres_ledger: LedgerSql) -> None:
    """Two durable commits per order on the happy path, here too."""
    commits: list[object] = []
    with postgres_ledger._store.write() as work:
        engine = work.connection.engine
    event.listen(engine, "commit", commits.append)

    placed(postgres_ledger, draft())

    assert len(commits) == 2
