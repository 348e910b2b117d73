"""Symbols on which nothing of ours can be, whatever the venue says of them.

An order that names a symbol which the venue does not have is DENIED and never sent; asked about
that symbol, the venue refuses. Where an attempt was written, a refusal proves nothing.
"""

from orderdesk.ports import Desk


def never_sent(desk: Desk, account: str, symbol: str, *, since_ms: int) -> bool:
    """Tell whether a symbol was named, but nothing on it was tried since, and nothing is live."""
    recent = desk.ledger.intents_since(account, symbol, since_ms)
    live = [intent for intent in desk.ledger.live(account) if intent.symbol == symbol]
    named = [*recent, *live]
    return bool(named) and not any(intent.attempts for intent in named)
