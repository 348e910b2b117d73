"""What the chapters of the ledger have in common: the store they work on."""

from orderdesk.stores.ledger_sql.store import Store


class Chapter:
    """One group of the ledger's methods; `LedgerSql` is all of them over one store."""

    _store: Store
