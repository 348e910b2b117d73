"""The promise under everything that may happen, in any order; and what that has found."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.machine import Happenings

A_FEW = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
"""A few seconds' worth; to hunt, raise both numbers."""


def test_desk_when_anything_happens_in_any_order_then_every_law_holds() -> None:
    """One intent, at most one order; nothing lost, nothing rejected that is there; all at rest."""
    run_state_machine_as_test(Happenings, settings=A_FEW)
