"""Each check says yes, no, no answer or "look yourself", and never another's word."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orderdesk.core.answers import Refused, Rights, Why
from orderdesk.core.durability import Durability
from orderdesk.core.preflight import Finding, Verdict
from orderdesk.errors import ExchangeDenied, ExchangeRefused, LedgerUnavailable, StoreUnavailable
from orderdesk.flows import preflight
from orderdesk.ports import Desk
from orderdesk.stores.memory import example_market
from tests.flows.fitness import made_fit
from tests.flows.trial import Trial


@pytest.fixture
def fit(trial: Trial, tmp_path: Path) -> Iterator[Trial]:
    """A desk of which everything holds."""
    with made_fit(trial, tmp_path, key_hash=None) as fit:
        yield fit


def _found(desk: Desk) -> dict[str, Finding]:
    return {finding.name: finding for finding in preflight.run(desk, "main").findings}


def _verdicts(desk: Desk) -> dict[str, Verdict]:
    return {name: finding.verdict for name, finding in _found(desk).items()}


def test_preflight_when_all_holds_then_every_check_says_yes(fit: Trial) -> None:
    """Ten checks, and nothing to do."""
    found = _found(fit.desk)
    assert len(found) == 10
    assert {f.verdict for f in found.values()} == {Verdict.YES}
    assert {f.what_to_do for f in found.values()} == {""}


def test_preflight_when_it_asks_then_nothing_is_placed_and_each_question_is_asked_once(
    fit: Trial,
) -> None:
    """It spends little, and no order of it can land."""
    _found(fit.desk)
    assert fit.venue.orders == []
    asked = {name: n for name, n in fit.venue.calls.items() if name != "time"}
    assert set(asked.values()) == {1}
    assert fit.venue.calls["test BTCUSDT"] == 1


Break = Callable[[Trial], object]


def _deny(*names: str) -> Break:
    def denied(trial: Trial) -> None:
        error = ExchangeDenied("HTTP 400 code 700006: IP not in the list", "700006")
        trial.venue.denials = dict.fromkeys(names, error)

    return denied


def _rights(rights: Rights) -> Break:
    return lambda trial: setattr(trial.venue, "rights", rights)


def _refuse_test(refused: Refused) -> Break:
    return lambda trial: trial.venue.next_tests.append(refused)


def _durable(kept: bool | None) -> Break:
    return lambda trial: trial.memory.be(Durability(kept, "as it says"))


def _other_ledger(trial: Trial) -> None:
    trial.memory.forget()
    trial.memory.claim("another")


def _off_by(duration_ms: int) -> Break:
    return lambda trial: setattr(
        trial.venue, "clock_ms", lambda: trial.clock.unix_ms() + duration_ms
    )


def _closed_markets(trial: Trial) -> None:
    trial.venue.listed = {"BTCUSDT": replace(example_market(), on_key=False)}


NO, LOOK = Verdict.NO, Verdict.UNKNOWABLE


@pytest.mark.parametrize(
    ("name", "breaks", "verdict", "says"),
    [
        ("API key", _deny("rights"), NO, "700006"),
        ("may trade", _rights(Rights(can_trade=False, can_withdraw=False)), NO, "canTrade no"),
        ("may trade", _rights(Rights(True, False, ("MARGIN",))), NO, "MARGIN"),
        ("may trade", _rights(Rights(None, False, ("SPOT",))), LOOK, "not told"),
        ("cannot withdraw", _rights(Rights(True, True, ("SPOT",))), LOOK, "does not tell"),
        ("cannot withdraw", _rights(Rights(True, None, ("SPOT",))), LOOK, "not told"),
        ("clock", _off_by(1_005), NO, "ms off"),
        ("clock", _off_by(-1_005), NO, "ms off"),
        ("symbols", _closed_markets, NO, "0 symbols"),
        ("order test", _closed_markets, NO, "no symbol"),
        ("order test", _deny("test BTCUSDT"), NO, "700006"),
        ("order test", _refuse_test(Refused(Why.REJECT, "30016", "disabled")), NO, "30016"),
        (
            "order test",
            _refuse_test(Refused(Why.REJECT, "10101", "insufficient", unfunded=True)),
            LOOK,
            "10101",
        ),
        ("Redis durable", _durable(kept=False), NO, "as it says"),
        ("Redis durable", _durable(kept=None), LOOK, "as it says"),
        ("one ledger per Redis", _other_ledger, NO, "another"),
    ],
)
def test_check_when_its_own_thing_is_wrong_then_it_says_so_and_what_to_do(
    fit: Trial, name: str, breaks: Break, verdict: Verdict, says: str
) -> None:
    """What is wrong is told by the check that is about it, in the words that were heard."""
    breaks(fit)
    finding = _found(fit.desk)[name]
    assert finding.verdict is verdict
    assert says in finding.says
    assert finding.what_to_do


def test_clock_when_it_is_within_bounds_then_yes(fit: Trial) -> None:
    """The user's bound (S1 L333): less than a second."""
    _off_by(990)(fit)
    assert _verdicts(fit.desk)["clock"] is Verdict.YES


def test_ledger_when_it_lives_in_memory_then_no(trial: Trial) -> None:
    """Real orders are not written into something that forgets."""
    assert _verdicts(trial.desk)["ledger durable"] is Verdict.NO


def test_symbols_when_the_venue_does_not_tell_them_then_a_person_must_look(fit: Trial) -> None:
    """A list that was not told is no yes."""
    fit.venue.tells_symbols = False
    assert _verdicts(fit.desk)["symbols"] is Verdict.UNKNOWABLE


def test_preflight_when_the_venue_is_silent_then_its_checks_have_no_answer(fit: Trial) -> None:
    """Silence is neither yes nor no; what others were asked stands."""
    fit.venue.silent_questions = 100
    verdicts = _verdicts(fit.desk)
    ours = {"ledger durable", "Redis durable", "one ledger per Redis"}
    assert {verdicts[name] for name in ours} == {Verdict.YES}
    assert {v for name, v in verdicts.items() if name not in ours} == {Verdict.NO_ANSWER}


def test_preflight_when_the_stores_are_away_then_they_have_no_answer(fit: Trial) -> None:
    """A Redis that is away says nothing of how durable it is."""
    fit.memory.failure = StoreUnavailable("away")
    assert _verdicts(fit.desk)["Redis durable"] is Verdict.NO_ANSWER
    fit.ledger.close()
    with pytest.raises(LedgerUnavailable):
        fit.ledger.ledger_id()
    assert _verdicts(fit.desk)["ledger durable"] is Verdict.NO_ANSWER


@pytest.mark.parametrize("code", ["404", "405"])
def test_preflight_when_the_venue_has_no_such_endpoint_then_a_person_must_look(
    fit: Trial, code: str
) -> None:
    """Not every MEXC-like server tells everything; that alone is no reason to place nothing."""
    fit.venue.denials = {"rights": ExchangeRefused("not found", code)}
    found = preflight.run(fit.desk, "main")
    assert found.passed
    unknowable = [f.name for f in found.findings if f.verdict is Verdict.UNKNOWABLE]
    assert {"API key", "may trade", "cannot withdraw"} <= set(unknowable)


def test_preflight_when_asked_again_then_only_what_had_no_answer_is(fit: Trial) -> None:
    """A later run spends nothing on what is known."""
    fit.venue.denials = {"rights": ExchangeRefused("no", "30029")}
    fit.venue.silent_questions = 1
    first = preflight.run(fit.desk, "main")
    assert [f.name for f in first.unanswered] == ["connectivity"]
    before = sum(fit.venue.calls.values())
    again = preflight.run(fit.desk, "main", first)
    assert sum(fit.venue.calls.values()) == before + 1
    assert again.unanswered == ()
    assert [f.name for f in again.noes] == ["API key", "may trade", "cannot withdraw"]


def test_preflight_when_no_slot_is_near_then_it_waits_for_one(fit: Trial) -> None:
    """Its own weight spreads it over seconds; that alone is no missing answer."""
    fit.throttle.caps = replace(fit.throttle.caps, weight_per_10_s=100)
    assert preflight.run(fit.desk, "main").passed
    assert sum(fit.clock.slept_ms) > 1_000


def test_preflight_when_the_smallest_order_is_tested_then_with_the_last_price(fit: Trial) -> None:
    """Another symbol is taken where BTCUSDT is not open to the key."""
    fit.venue.listed = {"ETHUSDT": replace(example_market(), symbol="ETHUSDT")}
    fit.venue.price = Decimal(3_000)
    assert _verdicts(fit.desk)["order test"] is Verdict.YES
    assert fit.venue.calls["test ETHUSDT"] == 1
