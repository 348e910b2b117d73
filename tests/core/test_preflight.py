"""What follows from the findings of a pre-flight, and how they travel."""

import pytest

from orderdesk.core.preflight import Finding, Preflight, Verdict, from_text, merged

YES = Finding("clock", Verdict.YES, "in step")
LOOK = Finding("cannot withdraw", Verdict.UNKNOWABLE, "not told", "look")
SILENT = Finding("symbols", Verdict.NO_ANSWER, "silence", "wait")
NO = Finding("API key", Verdict.NO, "700001 no such key", "make another")


@pytest.mark.parametrize(
    ("findings", "passed"),
    [((YES,), True), ((YES, LOOK), True), ((YES, SILENT), False), ((YES, NO), False)],
)
def test_preflight_when_all_said_yes_or_nobody_tells_then_it_passed(
    findings: tuple[Finding, ...], passed: bool
) -> None:
    """Silence is not a yes; what cannot be known stops nothing."""
    assert Preflight(1, findings).passed is passed


def test_refusal_when_something_said_no_then_it_names_all_and_tells_the_first() -> None:
    """An order's report says what is wrong and what to do about it."""
    other = Finding("Redis durable", Verdict.NO, "everysec", "set always")
    refusal = Preflight(1, (YES, NO, other)).refusal
    assert refusal is not None
    assert (refusal.rule, refusal.value) == ("PREFLIGHT", "API key, Redis durable")
    assert refusal.message == "700001 no such key; make another"
    assert Preflight(1, (YES, SILENT)).refusal is None


def test_text_when_it_is_read_back_then_nothing_is_lost() -> None:
    """Another process sees the same findings."""
    seen = Preflight(7, (YES, LOOK, SILENT, NO))
    assert from_text(seen.to_text()) == seen


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at_ms": 1, "findings": [{"name": "x"}]}'])
def test_text_when_it_is_another_shape_then_it_is_none(text: str) -> None:
    """What another version wrote is asked again, and not guessed at."""
    with pytest.raises(ValueError, match=r"."):
        from_text(text)


def test_merged_when_it_was_asked_again_then_the_later_answers_stand_in_their_places() -> None:
    """The order of the checks stays, and what was answered is not asked twice."""
    later = Finding("symbols", Verdict.YES, "six")
    assert merged(Preflight(1, (YES, SILENT, LOOK)), [later], at_ms=2) == Preflight(
        2, (YES, later, LOOK)
    )
