"""Fields are read strictly: a shape we do not know is an error, never a guess."""

from decimal import Decimal

import pytest

from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.mexc import fields


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.50", "1.50"), (Decimal("0E-18"), "0"), (7, "7"), ("", "0"), (None, "0"), ("-2", "-2")],
)
def test_amount_when_readable_then_exact(value: object, expected: str) -> None:
    """Text and JSON numbers come out as they went in; nothing is nothing."""
    assert fields.amount(value) == Decimal(expected)


@pytest.mark.parametrize("value", [1.5, True, "NaN", "Infinity", "abc", [], {}])
def test_amount_when_not_an_amount_then_an_error(value: object) -> None:
    """Floats lost their amount already."""
    with pytest.raises(ValueError, match=r".+"):
        fields.amount(value)


@pytest.mark.parametrize("value", ["1E+999999999", "1E-999999999", "1E+30", "1E-30"])
def test_amount_when_beyond_all_measure_then_its_row_is_no_answer(value: str) -> None:
    """Legal for a Decimal, and written out it would fill the memory."""
    with pytest.raises(ExchangeUnreachable):
        fields.read({"qty": value}, lambda row: fields.amount(row["qty"]))


@pytest.mark.parametrize("value", [None, ""])
def test_required_amount_when_missing_then_an_error(value: object) -> None:
    """What must be there is not read as zero."""
    with pytest.raises(ValueError, match="missing"):
        fields.required_amount(value)


@pytest.mark.parametrize("value", [True, 1.0, None, "x", Decimal(1)])
def test_whole_when_not_whole_then_an_error(value: object) -> None:
    """A moment is a whole number of ms."""
    with pytest.raises(ValueError, match=r".+"):
        fields.whole(value)


@pytest.mark.parametrize("value", ["false", 0, 1, None])
def test_flag_when_not_a_flag_then_an_error(value: object) -> None:
    """The text "false" is true in Python."""
    with pytest.raises(ValueError, match="neither"):
        fields.flag(value)


@pytest.mark.parametrize("value", [None, "", True, 1.5, []])
def test_name_when_there_is_none_then_an_error(value: object) -> None:
    """An order without an id cannot be spoken of."""
    with pytest.raises(ValueError, match="not a name"):
        fields.name(value)


def test_text_and_whole_when_given_then_kept() -> None:
    """The plain cases."""
    assert (fields.text("a"), fields.text(""), fields.text(None)) == ("a", None, None)
    assert (fields.whole(5), fields.whole("5"), fields.name(5), fields.name("x")) == (
        5,
        5,
        "5",
        "x",
    )


@pytest.mark.parametrize("row", [None, [], "text", 3])
def test_read_when_it_is_no_row_then_unreachable(row: object) -> None:
    """A list where a row should be is no answer."""
    with pytest.raises(ExchangeUnreachable, match="instead of a row"):
        fields.read(row, lambda row: row["a"])


def test_read_when_a_field_is_wrong_then_the_error_names_the_row_and_not_all_of_it() -> None:
    """Enough to find it, nothing that is not ours to tell."""
    row = {"orderId": "7", "status": "ODD", "email": "someone@example.com"}
    with pytest.raises(ExchangeUnreachable, match=r"'orderId': '7', 'status': 'ODD'") as raised:
        fields.read(row, lambda row: row["missing"])

    assert "example.com" not in str(raised.value)


def test_rows_when_bare_or_wrapped_then_found() -> None:
    """Some endpoints wrap their lists, most do not."""
    assert fields.rows([1]) == fields.rows({"code": 200, "data": [1]}) == [1]
    assert fields.rows({"balances": []}, "balances") == []


@pytest.mark.parametrize("content", [None, {}, {"data": None}, {"data": {}}, "x"])
def test_rows_when_there_is_no_list_then_unreachable(content: object) -> None:
    """No list is not an empty list: an absence must be said."""
    with pytest.raises(ExchangeUnreachable, match="without the list"):
        fields.rows(content)
