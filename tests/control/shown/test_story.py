"""An order's story in words."""

import pytest

from orderdesk.control.shown.story import WORDS, story_facts, story_lines, words
from orderdesk.core.events import ALARMS, EventKind
from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus
from tests.control.shown.telling import ATTEMPT, T, event, rendered, story

E = EventKind


def test_facts_when_an_order_is_filled_then_what_stands_is_said() -> None:
    """What a trader asks first stands on top."""
    text = rendered(story_facts(story()))
    assert "BUY 80 MXUSDT MARKET   (account main)" in text
    assert "od1-abc, order id C02" in text
    assert "80 at 2.5 on average, 200 in all; fees 0.1 USDT; 1 fill" in text
    assert "2026-11-21 08:16:35 UTC" in text


def test_facts_when_an_order_is_refused_then_the_reason_stands_beside() -> None:
    """A no is never without its why."""
    refused = story(status=OrderStatus.DENIED, code="KILL", reason="a test", executed_quantity=0)
    text = rendered(story_facts(refused))
    assert "DENIED  (KILL a test)" in text
    assert "nothing" in text


def test_lines_when_several_things_happened_then_they_are_told_in_order() -> None:
    """The story is told as the ledger wrote it down, each line with its time."""
    told = story(
        event(E.ORDER_SENDING, 100, attempt=7),
        event(E.ORDER_UNKNOWN, 300, reason="the connection broke"),
        event(E.ORDER_FOUND, 2_300, order_id="C02"),
        event(E.ORDER_FILLED, 2_300, executed_quantity="80", executed_quote="200"),
    )
    lines = rendered(story_lines(told), width=400).splitlines()
    assert [line.strip().split("  ")[0] for line in lines] == [
        "0 ms", "+100 ms", "+300 ms", "+2.30 s", "+2.30 s",
    ]  # fmt: skip
    assert "No answer to rely on (the connection broke)" in lines[2]
    assert "Filled: 80 for 200." in lines[4]


def test_words_when_an_attempt_opens_then_stamp_window_fence_and_answer() -> None:
    """An attempt is explained with the physics that judge it."""
    said = words(event(E.ORDER_SENDING, attempt=7), story())
    assert f"T = {T + 100}" in said
    assert "T + 3000 ms" in said
    assert f"T + {3_000 + GATEWAY_SKEW_MS} ms (the fence)" in said
    assert "accepted as C02" in said


def test_words_when_it_was_absent_then_what_that_proves() -> None:
    """An absence before the fence proves nothing; after it, it is counted."""
    fence_ms, proof_ms = ATTEMPT.window.fence_ms, ATTEMPT.window.proof_ms
    asked = (fence_ms - 10, fence_ms + 10, proof_ms + 1)
    attempt = type(ATTEMPT)(7, 1, 1, ATTEMPT.window, AttemptState.OPEN, "h", None, None, asked)
    said = [
        words(event(E.ORDER_ABSENT, attempt=7, asked_ms=at), story(attempts=(attempt,)))
        for at in asked
    ]
    assert "proves nothing yet" in said[0]
    assert "Absence 1 after the fence" in said[1]
    assert "Absence 2 after the fence" in said[2]
    assert f"{(3_000 + GATEWAY_SKEW_MS + VISIBILITY_LAG_MS) // 1000}.00 s after T" in said[2]


def test_words_when_it_traded_then_price_amount_and_fee() -> None:
    """A fill is told with everything that was paid."""
    fill = event(
        E.FILL_BOOKED, fill_quantity="80", fill_price="2.5", fill_quote="200", commission="0.1",
        commission_asset="USDT", trade_id="9", is_maker=False,
    )  # fmt: skip
    assert words(fill, story()) == (
        "Bought 80 at 2.5, 200 in all, as taker; fee 0.1 USDT (trade 9)."
    )


def test_words_when_a_person_answered_then_who_said_what_and_why() -> None:
    """Each of them once."""
    answered = event(
        E.ANSWERED_BY_PERSON, by="anna", answer="placed as X9", reason="seen in the app."
    )
    assert words(answered, story()) == ("anna looked and answered: placed as X9 (seen in the app).")


@pytest.mark.parametrize("kind", list(EventKind))
def test_words_when_data_is_missing_then_something_is_said_all_the_same(kind: EventKind) -> None:
    """A story never breaks over what an older version did not write down."""
    said = words(event(kind), story())
    assert said.endswith(".")
    assert said.startswith("ALARM.") == (kind in ALARMS)


def test_words_when_an_order_can_have_the_event_then_they_are_written_by_hand() -> None:
    """Every event of an order has words of its own; the rest are the desk's, not an order's."""
    special = {E.ORDER_SENDING, E.ORDER_ABSENT, E.FILL_BOOKED}
    of_orders = {kind for kind in EventKind if kind.startswith("ORDER_")}
    assert of_orders - special - set(WORDS) == set()
