"""Make sure that a key trades for the account it always did, before anything is asked with it.

An absence that another account's key reports proves nothing, and an order placed there is no
second attempt but a second order. So the venue's own account number (MEXC: UID) is bound to
the alias in the ledger, and a key of another account is refused.
"""

from collections.abc import Callable

from orderdesk.ports import Exchange, Ledger


class AccountBinding:
    """Confirms each account once per process; a key never changes its account.

    A venue that does not tell the number binds nothing and stops nothing: not every
    MEXC-like server has the endpoint, and not every key may ask it.

    Args:
        ledger: keeps what is bound.
        now_ms: the exchange's time, for the record.
    """

    def __init__(self, ledger: Ledger, now_ms: Callable[[], int]) -> None:
        self._ledger = ledger
        self._now_ms = now_ms
        self._confirmed: set[str] = set()

    def confirm(self, account: str, exchange: Exchange) -> None:
        """Ask and bind, unless this process has done so already.

        Raises:
            DeskHalted: the key belongs to another account than the ledger's.
            ExchangeUnreachable: no usable answer; nothing else can be asked now either.
            ExchangeDenied: the key is refused altogether.
            NotYet: no slot is near.
        """
        if account in self._confirmed:
            return
        # Two threads may ask at once, and hear the same.
        uid = exchange.uid()
        if uid is not None:
            self._ledger.bind_uid(account, uid, now_ms=self._now_ms())
        self._confirmed.add(account)
