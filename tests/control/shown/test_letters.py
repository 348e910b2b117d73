"""Dead letters as people read them."""

from dataclasses import replace

from orderdesk.control.shown.letters import letter_facts, letter_table
from orderdesk.core.intents import DeadLetter
from tests.control.shown.telling import T, rendered

LETTER = DeadLetter(
    id=3,
    at_ms=T,
    task="place_order",
    task_id="t-1",
    arguments={"symbol": "BTCUSDT"},
    reason="Transient",
    message="[it] broke",
    attempts=4,
    trace="Traceback",
    order="key-1",
    account="main",
)


def test_table_when_letters_are_listed_then_each_has_what_decides_about_it() -> None:
    """Number, task, order, reason and message; texts in brackets are texts."""
    text = rendered(letter_table([LETTER, replace(LETTER, id=4, order=None)]))
    for part in ("3", "place_order", "key-1", "Transient", "[it] broke", "OPEN", "–"):
        assert part in text


def test_facts_when_a_letter_is_shown_then_its_arguments_and_note_too() -> None:
    """One letter is shown whole; a closed one says who closed it and why."""
    text = rendered(letter_facts(replace(LETTER, state="DISCARDED", note="a double (by me)")))
    assert '{"symbol": "BTCUSDT"}' in text
    assert "DISCARDED" in text
    assert "a double (by me)" in text
    assert "note" not in rendered(letter_facts(LETTER))
