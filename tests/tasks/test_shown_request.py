"""Whoever watches the workers sees what kind of work it is, amounts if they may, secrets never."""

import pytest

from tasks.desk_task import DeskTask
from tasks.shown_request import HIDDEN, ShownRequest, shown, told

ORDER = {
    "version": 1,
    "symbol": "BTCUSDT",
    "side": "BUY",
    "quantity": "0.75",
    "price": "50000",
    "idempotency_key": "k-1",
    "quote_quantity": None,
    "trace_id": "",
}


def test_shown_when_amounts_may_be_seen_then_the_order_in_its_own_words() -> None:
    """Key, symbol, side and amounts; what is empty or only for the desk is left out."""
    assert shown(ORDER, amounts=True) == repr(
        {
            "idempotency_key": "k-1",
            "symbol": "BTCUSDT",
            "side": "BUY",
            "quantity": "0.75",
            "price": "50000",
        }
    )


def test_shown_when_amounts_may_not_be_seen_then_no_digit_of_them_is() -> None:
    """What kind of order it is stays."""
    text = shown(ORDER, amounts=False)
    assert "BUY" in text
    assert not any(amount in text for amount in ("0.75", "50000"))


@pytest.mark.parametrize("amounts", [True, False])
def test_shown_when_a_field_is_nobodys_then_it_is_not_shown(amounts: bool) -> None:
    """Fields are named that may be seen: what somebody puts into a message is not."""
    assert "s3cret" not in shown({**ORDER, "api_secret": "s3cret"}, amounts=amounts)
    assert shown([], amounts=amounts) == ""


def test_told_when_amounts_may_not_be_seen_then_neither_reports_nor_errors_tell_them() -> None:
    """State and runtime are told all the same."""
    ended = {"result": "{'price': '50000'}", "runtime": 0.1}
    assert told(ended, amounts=False) == {"result": HIDDEN, "runtime": 0.1}
    assert told(ended, amounts=True) == ended
    broken = {"exception": "InvalidOrder('price 50000 is …')", "traceback": "… 50000 …"}
    assert told(broken, amounts=False) == {"exception": "InvalidOrder", "traceback": ""}


def test_request_when_a_task_of_the_desk_runs_then_it_is_this_one() -> None:
    """Celery takes the class by this name."""
    assert DeskTask.Request == f"{ShownRequest.__module__}:{ShownRequest.__name__}"
