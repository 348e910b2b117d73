"""A profile tells of each sample which part of the desk, or of Celery, it belongs to."""

import pytest

from ops.bench.profile import shares

OURS = "place (orderdesk/flows/place.py:40)"
TRACE = "trace_task (celery/app/trace.py:600)"


def test_sample_when_a_library_works_for_a_room_then_it_is_the_rooms() -> None:
    """What SQLAlchemy does inside the ledger's call is the ledger's time."""
    write = "write (orderdesk/stores/ledger_sql/store.py:90)"
    found = shares(
        [f"{TRACE};{OURS};{write};execute (sqlalchemy/engine/base.py:1) 3", f"{TRACE} 1"]
    )
    assert found == pytest.approx({"the ledger": 75.0, "Celery: around a task": 25.0})


def test_sample_when_it_knows_no_part_then_it_is_pythons_own() -> None:
    """Nothing is left out: the shares add up."""
    found = shares([f"{OURS} 1", "run (threading.py:982) 1"])
    assert found == pytest.approx({"flows: rules, reports": 50.0, "Python itself": 50.0})
