"""Laws of a seeded plan: the same requests meet the same trouble, and so much of it."""

import json
from pathlib import Path

import pytest

from orderdesk.simulator.faults import FaultMisspelled, Faults, read_plan
from orderdesk.simulator.messages import Call

_PLAN = {
    "seed": 7,
    "faults": [
        {"kind": "lose_answer", "share": 0.2, "method": "POST"},
        {"kind": "hang", "share": 0.5, "ms": 10},
    ],
}


def _post(client_id: str) -> Call:
    return Call(method="POST", path="/api/v3/order", query=f"newClientOrderId={client_id}")


def _met(calls: list[Call], *, seed: int = 7) -> dict[str, list[str]]:
    faults = Faults()
    faults.plan = read_plan(_PLAN | {"seed": seed})
    return {call.query: [fault.kind for fault in faults.strike(call, [])] for call in calls}


def test_draw_when_requests_come_in_another_order_then_each_meets_the_same() -> None:
    """What an order meets depends on the order, not on who came first."""
    calls = [_post(str(number)) for number in range(50)]
    assert _met(calls) == _met(list(reversed(calls)))
    assert _met(calls) != _met(calls, seed=8)


def test_draw_when_many_are_asked_then_the_shares_are_met() -> None:
    """A fifth and a half, give or take; what does not fit meets nothing of it."""
    met = _met([_post(str(number)) for number in range(2_000)])
    counts = {
        kind: sum(kind in kinds for kinds in met.values()) for kind in ("lose_answer", "hang")
    }
    assert counts["lose_answer"] == pytest.approx(400, abs=80)
    assert counts["hang"] == pytest.approx(1_000, abs=120)
    asked = Call(method="GET", path="/api/v3/order", query="origClientOrderId=1")
    assert all("lose_answer" not in kinds for kinds in _met([asked] * 20).values())


def test_draw_when_the_same_is_asked_again_then_it_may_meet_something_else() -> None:
    """A repeat is a request of its own: nobody is lost for ever."""
    faults = Faults()
    faults.plan = read_plan({"seed": 1, "faults": [{"kind": "lose_answer", "share": 0.5}]})
    assert {bool(faults.strike(_post("same"), [])) for _ in range(30)} == {True, False}


def test_strike_when_a_fault_waits_then_it_goes_before_the_plans(tmp_path: Path) -> None:
    """Of each kind one strikes a request: its own, then one that waits, then the plan's."""
    faults = Faults()
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"faults": [{"kind": "hang", "share": 1, "ms": 3}]}))
    faults.plan = read_plan(json.loads(path.read_text()))
    [planned] = faults.strike(_post("a"), [])
    assert planned.ms == 3
    faults.clear()
    assert faults.strike(_post("a"), []) == []


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"seed": "x", "faults": []},
        {"faults": [1]},
        {"faults": [{"kind": "hang"}]},
        {"faults": [{"kind": "hang", "share": 2}]},
        {"faults": [{"kind": "hang", "share": 1, "count": 2}]},
        {"faults": [{"kind": "explode", "share": 1}]},
        {"faults": [], "rate": 1},
    ],
)
def test_read_plan_when_it_is_misspelled_then_it_is_refused(content: dict[str, object]) -> None:
    """A plan that would deal nothing of what was meant is an error."""
    with pytest.raises(FaultMisspelled):
        read_plan(content)
