"""Counters of what is at risk, limits that change at run time, signs of life.

A ledger that has lived already gets its counters from its intents and fills, once.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Compared byte by byte: what is unique must not hang on the host's locales.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_EXACT = Context(prec=100)
_FINEST = Decimal("1e-18")
_ZERO = Decimal(0)
_OPEN = ("SENDING", "UNKNOWN", "QUARANTINED", "NEW", "PARTIALLY_FILLED")


def upgrade() -> None:
    """Create the tables, and fill the counters."""
    _create_exposures()
    op.create_table(
        "limit_history",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        *_texts("account", "symbol", "name"),
        *_texts("old", "new", nullable=True),
        *_texts("by", "reason"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", _TEXT, primary_key=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
    )
    op.add_column("switches", sa.Column("verified_ms", sa.BigInteger()))
    _fill_counters()


def _create_exposures() -> None:
    op.create_table(
        "exposures",
        *_texts("account", "symbol", "base", "quote", "reserved_buy", "reserved_sell"),
        sa.Column("open_orders", sa.Integer(), nullable=False),
        *_texts("quantity", "cost", "realised", "uncovered", "fees"),
        sa.Column("engaged", sa.Integer(), nullable=False),
        *_texts("mark", nullable=True),
        *_texts("unrealised"),
        sa.Column("marked_ms", sa.BigInteger()),
        sa.Column("day", sa.Integer(), nullable=False),
        *_texts("day_realised", "day_base"),
        sa.Column("last_order_ms", sa.BigInteger()),
        *_texts("orders", "answers", "errors"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("drifts", sa.Integer(), nullable=False),
        *_texts("limits"),
        sa.PrimaryKeyConstraint("account", "symbol"),
    )


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, _TEXT, nullable=nullable) for name in names]


def _fill_counters() -> None:
    connection = op.get_bind()
    amounts: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    orders: dict[tuple[str, str], int] = defaultdict(int)
    for row in connection.execute(sa.text("SELECT * FROM intents ORDER BY id")).mappings():
        of = row["account"], row["symbol"]
        orders[of] += row["status"] in _OPEN
        reserved = "reserved_buy" if row["side"] == "BUY" else "reserved_sell"
        _add(amounts[of], reserved, _reserved(row))
    for row in connection.execute(sa.text("SELECT * FROM fills ORDER BY id")).mappings():
        _book(amounts[row["account"], row["symbol"]], row)
    for account in sorted({account for account, _ in amounts}):
        _write(connection, account, amounts, orders)


def _reserved(row: sa.RowMapping) -> Decimal:
    left = Decimal(row["reserved_notional"])
    if Decimal(row["filled_quantity"]) >= Decimal(row["executed_quantity"]):
        left = max(_ZERO, _EXACT.subtract(left, Decimal(row["executed_quote"])))
    return left


def _book(position: dict[str, Decimal], row: sa.RowMapping) -> None:
    """Keep average cost, as core/portfolio.py did when this was written."""
    quantity, quote = Decimal(row["quantity"]), Decimal(row["quote_quantity"])
    if row["side"] == "BUY":
        _add(position, "quantity", quantity)
        _add(position, "cost", quote)
    else:
        covered = min(quantity, position["quantity"])
        if covered:
            got = _part(quote, covered, quantity)
            cost = _part(position["cost"], covered, position["quantity"])
            _add(position, "quantity", -covered)
            _add(position, "cost", -cost)
            _add(position, "realised", _EXACT.subtract(got, cost))
        _add(position, "uncovered", _EXACT.subtract(quantity, covered))
    fee, asset = Decimal(row["commission"]), row["commission_asset"]
    if row["symbol"].endswith(asset):
        _add(position, "realised", -fee)
    elif row["symbol"].startswith(asset):
        _add(position, "quantity", -min(fee, position["quantity"]))


def _part(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    if part == whole:
        return amount
    share = _EXACT.divide(_EXACT.multiply(amount, part), whole)
    return share.quantize(_FINEST, context=_EXACT)


def _add(amounts: dict[str, Decimal], name: str, amount: Decimal) -> None:
    amounts[name] = _EXACT.add(amounts[name], amount)


def _write(
    connection: sa.Connection,
    account: str,
    amounts: Mapping[tuple[str, str], dict[str, Decimal]],
    orders: Mapping[tuple[str, str], int],
) -> None:
    whole: dict[str, Decimal] = defaultdict(Decimal)
    engaged, open_orders = 0, 0
    for (of, symbol), row in sorted(amounts.items()):
        if of != account:
            continue
        busy = int(row["cost"] >= 1 or row["reserved_buy"] > 0)
        engaged += busy
        open_orders += orders[of, symbol]
        for name in ("reserved_buy", "reserved_sell", "cost", "realised"):
            _add(whole, name, row[name])
        _insert(connection, of, symbol, row, engaged=busy, open_orders=orders[of, symbol])
    _insert(connection, account, "", whole, engaged=engaged, open_orders=open_orders)


def _insert(
    connection: sa.Connection,
    account: str,
    symbol: str,
    amounts: dict[str, Decimal],
    *,
    engaged: int,
    open_orders: int,
) -> None:
    named = ("reserved_buy", "reserved_sell", "quantity", "cost", "realised", "uncovered")
    row: dict[str, Any] = {name: _text(amounts[name]) for name in named}
    row |= {"account": account, "symbol": symbol, "base": "", "quote": "", "fees": "{}"}
    row |= {"open_orders": open_orders, "engaged": engaged, "unrealised": "0", "day": 0}
    row |= {"day_realised": "0", "day_base": "0", "orders": "{}", "answers": "{}", "errors": "{}"}
    row |= {"failures": 0, "drifts": 0, "limits": "{}"}
    names = sorted(row)
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    # The names are those above, and no word of anybody else.
    statement = f"INSERT INTO exposures ({columns}) VALUES ({values})"  # noqa: S608 - see above
    connection.execute(sa.text(statement), row)


def _text(amount: Decimal) -> str:
    text = format(amount, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if amount == 0 else text
