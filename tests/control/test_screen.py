"""The door to a person's screen."""

import json
from decimal import Decimal
from io import BytesIO, StringIO, TextIOWrapper
from types import MappingProxyType

import pytest

from orderdesk.control.json_answer import print_json
from orderdesk.control.screen import Screen, table
from orderdesk.core.markets import Size
from orderdesk.core.orders import OrderType, Side


def test_say_when_a_text_looks_like_markup_then_it_is_shown_as_it_is() -> None:
    """A reason may hold brackets; it is a reason, not a style."""
    out = StringIO()
    screen = Screen(out)
    screen.say("[red]no[/red] :smile: 12")
    screen.show(table(["[b]"], [["[i]x"]]))
    assert "[red]no[/red] :smile: 12\n" in out.getvalue()
    assert "[i]x" in out.getvalue()


def test_say_when_nobody_watches_then_long_lines_stay_whole() -> None:
    """A command to copy is one line, whatever the width."""
    out = StringIO()
    Screen(out).say("x" * 500)
    assert out.getvalue() == "x" * 500 + "\n"


def test_say_when_the_terminal_lacks_a_letter_then_the_rest_is_said() -> None:
    """A mark that an old terminal does not know is no reason to stop a desk."""
    raw = BytesIO()
    screen = Screen(TextIOWrapper(raw, encoding="ascii", write_through=True))
    screen.say("✔ ready")
    assert raw.getvalue() == b"? ready\n"


def test_json_when_records_and_amounts_are_printed_then_machines_can_read_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Records become objects, amounts exact text."""
    size = Size(Side.BUY, OrderType.MARKET, Decimal("1E-8"), None, None)
    print_json([size, MappingProxyType({"a": (1,)})])
    assert json.loads(capsys.readouterr().out) == [
        {"side": "BUY", "type": "MARKET", "quantity": "0.00000001", "quote_quantity": None,
         "price": None},
        {"a": [1]},
    ]  # fmt: skip
