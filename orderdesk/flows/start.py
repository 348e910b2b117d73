"""Start a worker only when it is fit: its ledger is this Redis' ledger, its accounts are bound."""

from contextlib import suppress

from orderdesk.core.tokens import Lane
from orderdesk.errors import ExchangeRefused, NotYet, StoreUnavailable, Transient
from orderdesk.flows import first_look, identity
from orderdesk.ports import Desk

PATIENCE_MS = 30_000
"""How long a starting worker waits for Redis and the ledger, which may be starting too."""

STEP_MS = 500


def confirm(desk: Desk, *, desk_id: str, venue: str) -> None:
    """Confirm who this desk is before its first task.

    Raises:
        DeskHalted: another ledger owns this Redis, or an account is bound otherwise: to another
            desk, to another venue, or to an account number that this key does not have.
        StoreUnavailable: Redis did not come up in time.
        LedgerUnavailable: the ledger did not answer.
    """
    left_ms = PATIENCE_MS
    while True:
        try:
            identity.confirm(desk)
            break
        except StoreUnavailable:
            if left_ms <= 0:
                raise
            left_ms -= STEP_MS
            desk.clock.sleep_ms(STEP_MS)
    for account in desk.rules.accounts:
        desk.ledger.bind_account(account, desk_id=desk_id, venue=venue)
        # Whose account the key is, is asked here so that a wrong key stops the start. Without
        # an answer it is asked again before the first use of the venue.
        with suppress(Transient, NotYet, ExchangeRefused):
            desk.exchange(account, Lane.RESOLVE)
        # An idle desk compares its books too; a busy one does so before its first order.
        with suppress(StoreUnavailable):
            first_look.send_for(desk, account)
