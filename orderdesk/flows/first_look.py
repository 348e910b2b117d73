"""Compare the books before the first order of a desk that has just started.

Once for the whole desk, whichever worker comes first: Redis holds since when the desk runs (the
sweep keeps that alive) and when the books were last compared. A process asks until it knows,
and then never again: no later order waits for this.
"""

from contextlib import suppress

from orderdesk.contracts import Reconcile
from orderdesk.errors import ClockUncertain, ExchangeUnreachable, NotYet, StoreUnavailable
from orderdesk.flows import pause
from orderdesk.flows.reconcile import mark_of, reconcile
from orderdesk.ports import Desk

ALIVE_MS = 5_000
"""A desk without a sweep for so long was down: what comes next is a start. Workers take some
seconds to start, so a restart of everything is noticed, and that of one worker is not."""

LEASE_MS = 30_000
AGAIN_MS = 1_000

_STARTED = "desk-started"


def note_alive(desk: Desk) -> None:
    """Keep the moment of the start alive; the sweep calls this every second."""
    desk.memory.note_ms(_STARTED, _started_ms(desk), keep_ms=ALIVE_MS)


def confirm(desk: Desk, account: str) -> None:
    """Confirm that an account's books were compared since the desk started; else compare them.

    Raises:
        NotYet: another worker is at it, or the exchange does not answer: nothing is sent until
            it does. The order waits, which costs it no retry, until its deadline.
        ExchangeDenied: the exchange refuses this key.
    """
    if account in desk.reconciled:
        return
    if not compared(desk, account):
        _compare(desk, account)
    desk.reconciled.add(account)


def compared(desk: Desk, account: str) -> bool:
    """Tell whether an account's books were compared since the desk started."""
    last_ms = desk.memory.noted_ms(mark_of(account))
    return last_ms is not None and last_ms >= _started_ms(desk)


def send_for(desk: Desk, account: str) -> None:
    """Have some worker compare an account's books, if that is due and nobody was sent for."""
    if not compared(desk, account) and desk.memory.once(f"first-look-sent:{account}", LEASE_MS):
        desk.queue.publish("reconcile", {"account": account})


def _started_ms(desk: Desk) -> int:
    return desk.memory.note_ms(_STARTED, desk.time.now_ms(), keep_ms=ALIVE_MS, first=True)


def _compare(desk: Desk, account: str) -> None:
    name = f"first-look:{account}"
    if not desk.memory.once(name, LEASE_MS):
        raise NotYet("the books are being compared, which comes before the first order", AGAIN_MS)
    # One run, whoever goes on with it: symbols that were compared are not compared again.
    run = f"first-look:{_started_ms(desk)}"
    try:
        reconcile(desk, Reconcile(account=account, idempotency_key=run))
    except (ExchangeUnreachable, ClockUncertain, NotYet) as error:
        pause.after_question(desk, account, error)
        text = f"the books cannot be compared yet, which comes before the first order: {error}"
        raise NotYet(text, AGAIN_MS) from error
    finally:
        with suppress(StoreUnavailable):
            desk.memory.release(name)
