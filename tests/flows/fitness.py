"""A desk of which everything holds that a pre-flight asks about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orderdesk.stores.ledger_sql.ledger import LedgerSql
from orderdesk.stores.memory import example_market
from tests.flows.trial import Trial


@contextmanager
def made_fit(trial: Trial, folder: Path, *, key_hash: str | None) -> Iterator[Trial]:
    """Give a trial a ledger in a file, a market, and a venue whose clock is this host's.

    With a `key_hash` it is a desk in LIVE, which asks before it sends.
    """
    trial.venue.clock_ms = trial.clock.unix_ms
    trial.venue.listed = {"BTCUSDT": example_market()}
    trial.ledger = LedgerSql(f"sqlite:///{folder}/ledger.db", listener=trial.events.append)
    rules = replace(trial.desk.rules, key_hash=key_hash)
    trial.desk = replace(trial.desk, ledger=trial.ledger, rules=rules)
    trial.memory.forget()
    trial.memory.begin_epoch()
    trial.memory.claim(trial.ledger.ledger_id())
    yield trial
    trial.ledger.close()
