import pytest

from orderdesk.core.answers import Accepted
from orderdesk.core.events import Event, EventKind
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import UnknownOrder
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, draft, fill
from tests.stores.ledger_sql.steps import REFUSAL, T_MS, in_state, placed, sending, unknown


def test_find_when_named_by_key_or_by_client_order_id_then_it_is_the_same(ledger: Ledger) -> None:
    """People and the exchange have different names for one order."""
    intent = in_state(ledger, OrderStatus.RECEIVED)

    assert ledger.find("main", "key-1") == intent
    assert ledger.find("main", intent.client_order_id) == intent
    assert ledger.find("main", "key-2") is None
    assert ledger.find("other", "key-1") is None


def test_find_when_a_key_looks_like_an_id_then_the_key_wins(ledger: Ledger) -> None:
    """A producer may choose as its key what is another order's client order id."""
    other = in_state(ledger, OrderStatus.RECEIVED)
    odd = ledger.receive(draft(other.client_order_id), now_ms=NOW_MS, next_wake_ms=NOW_MS)

    assert ledger.find("main", other.client_order_id) == odd


def test_newest_when_read_in_pieces_then_every_order_comes_once_the_newest_first(
    ledger: Ledger,
) -> None:
    """Of every account; ended or not."""
    for key, account in (("a", "main"), ("b", "other"), ("c", "main")):
        in_state(ledger, OrderStatus.NEW, draft(key, account=account))

    first = ledger.newest(2)
    rest = ledger.newest(2, before_id=first[-1].id)

    assert [i.idempotency_key for i in (*first, *rest)] == ["c", "b", "a"]
    assert ledger.newest(2, before_id=rest[-1].id) == []


def test_story_when_told_then_nothing_of_the_order_is_missing(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Attempts with answers and absences, fills, and every event, in their order."""
    of = draft()
    first = unknown(ledger, of)
    ledger.note_absence(first.attempt.id, T_MS + 5_000, now_ms=T_MS + 5_050)
    ledger.not_placed(first.attempt.id, now_ms=T_MS + 25_000)
    second = sending(ledger, of, t_ms=T_MS + 26_000)
    ledger.settle(second.attempt.id, Accepted("X1"), now_ms=T_MS + 26_050)
    ledger.book(second.intent.id, order=None, fills=[fill(of)], now_ms=T_MS + 27_000)
    in_state(ledger, OrderStatus.NEW, draft("another"))

    story = ledger.story(second.intent.id)

    assert story.intent == ledger.intent("main", "key-1")
    assert [attempt.absences_ms for attempt in story.attempts] == [(T_MS + 5_000,), ()]
    assert [attempt.answer for attempt in story.attempts] == ["proven absent", "accepted as X1"]
    assert story.fills == [fill(of)]
    assert story.events == [event for event in heard if event.order == "key-1"]
    assert len(story.events) == 8


def test_story_when_an_event_was_told_of_it_then_it_is_part_of_it(ledger: Ledger) -> None:
    """What flows tell of an order belongs to its story, before its row and after."""
    early = Event(EventKind.ORDER_ERROR, NOW_MS, account="main", order="key-1", trace_id="t")
    ledger.tell(early)
    intent = in_state(ledger, OrderStatus.RECEIVED)

    assert ledger.story(intent.id).events == [early]


def test_story_when_intent_is_unknown_then_it_says_so(ledger: Ledger) -> None:
    """There is no story of nobody."""
    with pytest.raises(UnknownOrder):
        ledger.story(7)


def test_intents_since_when_asked_then_the_symbols_later_ones_come_in_order(
    ledger: Ledger,
) -> None:
    """Reconciliation looks at a span of one symbol."""
    for key, symbol, received_ms in (
        ("new", "BTCUSDT", NOW_MS + 2),
        ("edge", "BTCUSDT", NOW_MS + 1),
        ("old", "BTCUSDT", NOW_MS),
        ("elsewhere", "ETHUSDT", NOW_MS + 2),
    ):
        of = draft(key, symbol=symbol, received_ms=received_ms)
        ledger.receive(of, now_ms=NOW_MS, next_wake_ms=NOW_MS)

    found = ledger.intents_since("main", "BTCUSDT", NOW_MS + 1)

    assert [intent.idempotency_key for intent in found] == ["edge", "new"]


def test_traded_symbols_when_asked_then_recent_and_live_ones_are_named(ledger: Ledger) -> None:
    """An old symbol counts as long as one order on it has not ended."""
    old_ms, new_ms = NOW_MS, NOW_MS + 1_000
    placed(ledger, draft("live", symbol="LIVEUSDT", received_ms=old_ms))
    ledger.refuse(draft("dead", symbol="DEADUSDT", received_ms=old_ms), REFUSAL, now_ms=T_MS)
    ledger.refuse(draft("new", symbol="NEWUSDT", received_ms=new_ms), REFUSAL, now_ms=T_MS)
    ledger.refuse(draft("new2", symbol="NEWUSDT", received_ms=new_ms), REFUSAL, now_ms=T_MS)

    assert ledger.traded_symbols("main", new_ms) == ["LIVEUSDT", "NEWUSDT"]
    assert ledger.traded_symbols("main", old_ms) == ["DEADUSDT", "LIVEUSDT", "NEWUSDT"]
    assert ledger.traded_symbols("other", old_ms) == []


def test_events_after_when_asked_then_they_come_by_number_as_they_were_heard(
    ledger: Ledger, heard: list[Event]
) -> None:
    """Who is told an event and who reads it later have the same number for it."""
    in_state(ledger, OrderStatus.NEW)
    assert ledger.events_after(0, 100) == heard
    numbers = [event.id for event in heard]
    assert numbers == sorted(set(numbers))
    assert [event.id for event in ledger.events_after(0, 100)] == numbers
    assert ledger.events_after(numbers[0], 1) == heard[1:2]
    assert ledger.last_event_id() == numbers[-1]
