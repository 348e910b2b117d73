"""Dead letters as tasks: `bury` is the consumer of the queue `dead_letter`."""

from typing import Any

from orderdesk import wiring
from orderdesk.flows import bury as burying
from orderdesk.flows import fate
from tasks.celery_app import app
from tasks.desk_task import DeskTask


@app.task(base=DeskTask, name="bury", ignore_result=True)
def bury(**letter: Any) -> None:
    """Book a dead letter that was left in the queue; it stays there while the ledger is away."""
    fate.book(wiring.desk(), letter)


@app.task(base=DeskTask, name="replay", ignore_result=True)
def replay(letter_id: int, by: str) -> None:
    """Run a dead letter's work again, inside its own intent."""
    burying.replay(wiring.desk(), letter_id, by=by)
