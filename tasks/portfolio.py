"""The account as tasks: what it holds, and whether the two books agree."""

from typing import Any

from orderdesk import wiring
from orderdesk.contracts import Reconcile, SyncPortfolio, checked
from orderdesk.flows import reconcile as reconciling
from orderdesk.flows import sync
from tasks.celery_app import app
from tasks.desk_task import DeskTask


@app.task(base=DeskTask, name="sync_portfolio")
def sync_portfolio(**fields: Any) -> dict[str, Any]:
    """Read the account's balances and report them."""
    return sync.sync(wiring.desk(), checked(SyncPortfolio, fields)).wire()


@app.task(base=DeskTask, name="reconcile", bind=True)
def reconcile(self: DeskTask, **fields: Any) -> dict[str, Any]:
    """Hold our orders and fills against the exchange's, and heal what can be healed."""
    command = checked(Reconcile, fields, key=self.request.id)
    return reconciling.reconcile(wiring.desk(), command).wire()
