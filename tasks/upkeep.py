"""What beat runs. Every job may run twice at once and may be missed: none is a promise."""

from orderdesk import wiring
from orderdesk.flows import follow, kill, sweep, watch
from tasks.celery_app import app
from tasks.desk_task import UpkeepTask


@app.task(base=UpkeepTask, name="sweep_intents", ignore_result=True)
def sweep_intents() -> None:
    """Find what makes no progress and wake it."""
    sweep.sweep(wiring.desk())


@app.task(base=UpkeepTask, name="follow_open_orders", ignore_result=True)
def follow_open_orders() -> None:
    """Bring resting orders up to date, one query a symbol."""
    desk = wiring.desk()
    for account in desk.rules.accounts:
        follow.follow(desk, account)


@app.task(base=UpkeepTask, name="watch_risk", ignore_result=True)
def watch_risk() -> None:
    """Value open positions, and stop the desk if a trigger says so."""
    watch.watch(wiring.desk())


@app.task(base=UpkeepTask, name="tend_kill", ignore_result=True)
def tend_kill() -> None:
    """Go on with a kill: cancel, look, verify; nothing to do unless the switch is engaged."""
    kill.tend(wiring.desk())


@app.task(base=UpkeepTask, name="sync_time", ignore_result=True)
def sync_time() -> None:
    """Measure the exchange's clock for every process of this host."""
    wiring.desk().time.measure()
