from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from orderdesk.stores.ledger_sql.column_types import Amount, JsonText

DIALECT = sqlite.dialect()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=18))
def test_amount_when_written_and_read_then_it_is_the_same_number(amount: Decimal) -> None:
    """Money survives the ledger digit for digit."""
    written = Amount().process_bind_param(amount, DIALECT)

    assert Amount().process_result_value(written, DIALECT) == amount


def test_amount_when_written_two_ways_then_it_is_one_text() -> None:
    """0.10 and 0.1 are one amount, so they are one text."""
    texts = {Amount().process_bind_param(Decimal(text), DIALECT) for text in ("0.10", "0.1")}

    assert texts == {"0.1"}


def test_columns_when_empty_then_nothing_comes_back() -> None:
    """NULL is None, not zero and not "null"."""
    for kind in (Amount(), JsonText()):
        assert kind.process_bind_param(None, DIALECT) is None
        assert kind.process_result_value(None, DIALECT) is None


def test_json_when_it_holds_what_is_no_json_then_it_is_not_written() -> None:
    """A NaN would be read back by nobody."""
    with pytest.raises(ValueError):
        JsonText().process_bind_param({"price": float("nan")}, DIALECT)
