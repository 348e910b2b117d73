"""Dead letters by HTTP: seen, replayed, discarded, each once."""

import pytest

from orderdesk.core.intents import DeadLetter
from tests.control.http.served import Served


@pytest.fixture
def letter(desk: Served) -> DeadLetter:
    """An open dead letter of an order that broke before its first attempt."""
    order = desk.trial.order("k-1")
    desk.trial.keep_waiting(order)
    return desk.trial.ledger.bury(
        DeadLetter(
            id=0, at_ms=1, task="place_order", task_id=order.task_id, arguments=order.wire(),
            reason="Transient", message="it broke", attempts=4, trace="Traceback …", order="k-1",
            account="main",
        ),
        end_as="it broke", now_ms=desk.trial.time.now_ms(),
    )  # fmt: skip


def test_letter_when_it_is_open_then_it_is_listed_and_shown_whole(
    desk: Served, letter: DeadLetter
) -> None:
    """The list is short, one letter is not."""
    [row] = desk.get("/dead-letters").json()["letters"]
    assert (row["id"], row["order"], row["state"]) == (letter.id, "k-1", "OPEN")
    whole = desk.get(f"/dead-letters/{letter.id}").json()
    assert whole["trace"] == "Traceback …"
    assert whole["arguments"]["symbol"] == "BTCUSDT"
    assert desk.get("/dead-letters/99").status_code == 404


def test_letter_when_it_is_replayed_then_its_own_intent_goes_on(
    desk: Served, letter: DeadLetter
) -> None:
    """Once: the second time there is no open letter."""
    assert desk.post(f"/dead-letters/{letter.id}/replay").json()["state"] == "REPLAYED"
    desk.trial.work()
    assert desk.trial.stands("k-1").status == "NEW"
    assert desk.post(f"/dead-letters/{letter.id}/replay").status_code == 404
    closed = desk.trial.ledger.dead_letter(letter.id)
    assert closed is not None
    assert closed.note == "by anna"


def test_letter_when_it_is_discarded_then_a_reason_is_needed_and_kept(
    desk: Served, letter: DeadLetter
) -> None:
    """Nobody closes a case without a word."""
    url = f"/dead-letters/{letter.id}/discard"
    assert desk.post(url, json={}).status_code == 422
    assert desk.post(url, json={"reason": "seen"}).json()["state"] == "DISCARDED"
    [row] = desk.get("/dead-letters?closed=true").json()["letters"]
    assert row["note"] == "seen (by anna)"
    assert desk.get("/dead-letters").json()["letters"] == []
