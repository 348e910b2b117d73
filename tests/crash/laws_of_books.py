"""PURE: the laws of the books: fills, sums and balances agree, and no cap was passed."""

from collections import Counter, defaultdict
from decimal import Decimal

from tests.crash.evidence import Evidence, Row
from tests.crash.reading import Found, in_question, is_ours, key_of, orders_by_name


def fills_agree(evidence: Evidence) -> Found:
    """Each trade of the book is booked once, with the same figures, and no other is."""
    theirs = {row["id"]: row for row in evidence.book.trades if is_ours(row)}
    booked = Counter(row["trade_id"] for row in evidence.ledger.fills)
    keys = {row["trade_id"]: row["idempotency_key"] for row in evidence.ledger.fills}
    for trade_id, times in booked.items():
        if times > 1:
            yield keys[trade_id], f"trade {trade_id} is booked {times} times"
        if trade_id not in theirs:
            yield keys[trade_id], f"trade {trade_id} is booked, and not in the book"
    asked = in_question(evidence)
    for trade_id, trade in theirs.items():
        if trade_id not in booked and trade["clientOrderId"] not in asked:
            yield key_of(evidence, trade["clientOrderId"]), f"trade {trade_id} is not booked"
    for row in evidence.ledger.fills:
        other = theirs.get(row["trade_id"])
        if other is not None and _figures_of_fill(row) != _figures_of_trade(other):
            yield row["idempotency_key"], f"trade {row['trade_id']} has other figures in the book"


def sums_agree(evidence: Evidence) -> Found:
    """What an intent says it executed is what its order did."""
    by_name = orders_by_name(evidence)
    for intent in evidence.ledger.intents:
        orders = by_name.get(intent["client_order_id"], [])
        if not orders or intent["status"] == "QUARANTINED":
            continue
        ours = Decimal(intent["executed_quantity"]), Decimal(intent["executed_quote"])
        theirs = Decimal(orders[0]["executedQty"]), Decimal(orders[0]["cummulativeQuoteQty"])
        if ours != theirs:
            yield intent["idempotency_key"], f"executed {ours}, in the book {theirs}"


def balances_agree(evidence: Evidence) -> Found:
    """What the account began with and the booked fills give what it has now; nothing is locked.

    Trades of orders in question are taken from the book: whose they are a person says.
    """
    expected: defaultdict[str, Decimal] = defaultdict(Decimal, evidence.deposits)
    booked = {fill["trade_id"] for fill in evidence.ledger.fills}
    for fill in evidence.ledger.fills:
        amounts = tuple(
            Decimal(fill[name]) for name in ("quantity", "quote_quantity", "commission")
        )
        _trade(expected, fill["symbol"], fill["side"] == "BUY", amounts, fill["commission_asset"])
    for row in evidence.book.trades:
        if row["clientOrderId"] in in_question(evidence) and row["id"] not in booked:
            amounts = tuple(Decimal(row[name]) for name in ("qty", "quoteQty", "commission"))
            _trade(expected, row["symbol"], row["isBuyer"], amounts, row["commissionAsset"])
    for asset, (free, locked) in evidence.book.balances.items():
        if free + locked != expected[asset]:
            yield "", f"{asset}: {expected[asset]} by our fills, {free + locked} in the book"
        if locked and not any(i["status"] == "QUARANTINED" for i in evidence.ledger.intents):
            yield "", f"{asset}: {locked} is still locked"


def caps_hold(evidence: Evidence) -> Found:
    """No request beyond a cap."""
    if evidence.book.overshoots:
        yield "", f"{evidence.book.overshoots} requests beyond a cap"
        yield from (("", text) for text in evidence.book.passed_caps)


def _trade(
    balances: defaultdict[str, Decimal],
    symbol: str,
    buys: bool,
    amounts: tuple[Decimal, ...],
    commission_asset: str,
) -> None:
    quantity, quote_quantity, commission = amounts
    sign = 1 if buys else -1
    balances[symbol.removesuffix("USDT")] += sign * quantity
    balances["USDT"] -= sign * quote_quantity
    balances[commission_asset] -= commission


def _figures_of_fill(row: Row) -> tuple[Decimal, ...]:
    names = ("quantity", "quote_quantity", "price", "commission")
    return tuple(Decimal(row[name]) for name in names)


def _figures_of_trade(row: Row) -> tuple[Decimal, ...]:
    names = ("qty", "quoteQty", "price", "commission")
    return tuple(Decimal(row[name]) for name in names)
