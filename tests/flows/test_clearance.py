"""Before LIVE sends its first order: a no stops placing, silence delays it, nothing else stops."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orderdesk.core.answers import Rights
from orderdesk.core.durability import Durability
from orderdesk.core.events import EventKind
from orderdesk.core.intents import Doubt
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import NotYet
from orderdesk.flows import clearance, kill, kill_switch, preflight
from orderdesk.stores.memory import example_market
from tests.flows.fitness import made_fit
from tests.flows.trial import Trial

KEY_HASH = "0123456789abcdef"
BROKEN = Durability(kept=False, says="appendfsync everysec")
WELL = Durability(kept=True, says="appendfsync always")


@pytest.fixture
def live(trial: Trial, tmp_path: Path) -> Iterator[Trial]:
    """A desk in LIVE of which everything holds."""
    with made_fit(trial, tmp_path, key_hash=KEY_HASH) as live:
        yield live


def _restart(trial: Trial) -> None:
    """A new process: it has seen nothing pass."""
    trial.desk = replace(trial.desk, cleared=set())


def _runs(trial: Trial) -> int:
    return trial.venue.calls["test BTCUSDT"]


def test_place_when_all_holds_then_it_is_asked_once_and_shared(live: Trial) -> None:
    """The second order, and a restarted worker, ask nothing."""
    assert live.place(live.order("k-1")).status is OrderStatus.NEW
    assert live.place(live.order("k-2")).status is OrderStatus.NEW
    _restart(live)
    assert live.place(live.order("k-3")).status is OrderStatus.NEW
    assert _runs(live) == 1
    assert EventKind.PREFLIGHT_PASSED in live.kinds()


def test_place_when_ten_minutes_are_over_then_only_a_new_process_asks_again(live: Trial) -> None:
    """A process that has seen it pass goes on: an order never waits for a second time."""
    live.place(live.order("k-1"))
    live.clock.advance(clearance.SHARED_MS)
    live.place(live.order("k-2"))
    assert _runs(live) == 1
    _restart(live)
    live.place(live.order("k-3"))
    assert _runs(live) == 2


def test_place_when_something_says_no_then_it_is_denied_with_what_to_do(live: Trial) -> None:
    """Nothing leaves; the report names the check, and the refusal is shared as well."""
    live.memory.be(BROKEN)
    for key in ("k-1", "k-2"):
        intent = live.place(live.order(key))
        assert intent.status is OrderStatus.DENIED
        assert "PREFLIGHT" in str(intent.reason)
        assert "appendfsync everysec" in str(intent.reason)
    assert live.venue.calls["place"] == 0
    assert _runs(live) == 1
    assert live.kinds().count(EventKind.PREFLIGHT_FAILED) == 1


def test_place_when_it_was_repaired_and_asked_anew_then_placing_goes_on(live: Trial) -> None:
    """`orderdesk preflight` shares what it finds, so nobody waits for ten minutes."""
    live.memory.be(BROKEN)
    assert live.place(live.order("k-1")).status is OrderStatus.DENIED
    live.memory.be(WELL)
    clearance.share(live.desk, "main", preflight.run(live.desk, "main"))
    assert live.place(live.order("k-2")).status is OrderStatus.NEW


def test_place_when_a_check_has_no_answer_then_it_waits_and_asks_again(live: Trial) -> None:
    """No retry is spent, nothing is refused, nothing is shared; the order is kept."""
    live.venue.silent_questions = 1
    with pytest.raises(NotYet, match="pre-flight"):
        live.place(live.order("k-1"))
    assert clearance.shared(live.desk, "main") is None
    waiting = live.ledger.intent("main", "k-1")
    assert waiting is not None
    assert waiting.status is OrderStatus.RECEIVED
    assert live.place(live.order("k-1")).status is OrderStatus.NEW


def test_place_when_another_worker_is_asking_then_it_waits_for_that_answer(live: Trial) -> None:
    """One run for all, and none for ever: the lease of one that died ends."""
    name = f"preflight:main:{KEY_HASH}"
    other = replace(live.desk, memory=live.memory.beside())
    assert other.memory.once(name, clearance.ONE_RUN_MS)
    with pytest.raises(NotYet, match="another worker"):
        live.place(live.order("k-1"))
    assert _runs(live) == 0
    live.clock.advance(clearance.ONE_RUN_MS)
    assert live.place(live.order("k-1")).status is OrderStatus.NEW


def test_cancel_resolve_and_kill_when_something_says_no_then_they_go_on(live: Trial) -> None:
    """A desk that must not place must still be able to get out."""
    live.place(live.order("resting"))
    live.place(live.order("resting-2"))
    live.venue.hold_back = 1
    unknown = live.place(live.order("lost"))
    assert unknown.status is OrderStatus.UNKNOWN
    _restart(live)
    live.memory.keep(f"preflight:main:{KEY_HASH}", "", 1)
    live.clock.advance(1)
    live.memory.be(BROKEN)
    assert live.place(live.order("k-1")).status is OrderStatus.DENIED

    assert live.cancel("resting").status is OrderStatus.CANCELED
    live.venue.land()
    live.resolve()
    assert live.stands("lost").status is OrderStatus.NEW
    kill_switch.engage(live.desk, reason="test", by="test")
    kill.sweep(live.desk)
    assert live.stands("resting-2").status is OrderStatus.CANCELED


def test_place_when_a_doubt_stands_then_it_is_looked_up_before_the_no(live: Trial) -> None:
    """An order that is on the exchange already is adopted, and never called refused."""
    live.place(live.order("k-1"))
    ordered = live.venue.orders[0]
    fresh = Trial(clock=live.clock)
    fresh.venue.clock_ms = live.clock.unix_ms
    fresh.venue.listed = {"BTCUSDT": example_market()}
    fresh.venue.orders.append(ordered)
    rules = replace(fresh.desk.rules, key_hash=KEY_HASH)
    fresh.desk = replace(fresh.desk, rules=rules)
    now_ms = fresh.desk.time.now_ms()
    fresh.ledger.begin_doubt(Doubt(now_ms, now_ms + 1_000_000, "REDIS_EMPTY"))
    fresh.memory.be(BROKEN)
    assert fresh.place(fresh.order("k-1")).status is OrderStatus.NEW
    assert fresh.place(fresh.order("k-2")).status is OrderStatus.DENIED
    assert fresh.venue.calls["place"] == 0


def test_place_on_paper_when_nothing_holds_then_nothing_is_asked(trial: Trial) -> None:
    """TEST needs no pre-flight."""
    trial.memory.be(BROKEN)
    assert trial.place(trial.order()).status is OrderStatus.NEW
    assert trial.venue.calls["rights"] == 0


def test_place_when_the_account_is_not_ours_then_nothing_is_asked_for_it(live: Trial) -> None:
    """It is refused for its account, as ever."""
    intent = live.place(live.order(account="other"))
    assert "ACCOUNT" in str(intent.reason)
    assert live.venue.calls["rights"] == 0


def test_share_when_the_account_may_withdraw_then_it_passes_all_the_same(live: Trial) -> None:
    """What nobody can know stops nothing."""
    live.venue.rights = Rights(can_trade=True, can_withdraw=True, permissions=("SPOT",))
    assert live.place(live.order()).status is OrderStatus.NEW
