"""The kill switch by the queue: engaged once for each command, begun at once, reported."""

from orderdesk.contracts import CancelOrder, KillSwitch, checked
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import kill_command, kill_switch
from tests.flows.trial import Trial

COMMAND = checked(KillSwitch, {"reason": "drill", "by": "anna", "idempotency_key": "kill-1"})


def test_command_when_it_comes_then_the_switch_is_engaged_and_the_cancels_have_begun(
    trial: Trial,
) -> None:
    """The answer says who, when, why, whether it is verified and what is still open."""
    trial.place(trial.order())
    report = kill_command.kill_on(trial.desk, COMMAND)
    assert (report.engaged, report.by, report.reason) == (True, "anna", "drill")
    assert report.verified_ms is not None
    assert report.still_open == ()
    assert trial.stands().status is OrderStatus.CANCELED


def test_command_when_the_exchange_does_not_answer_then_it_is_engaged_all_the_same(
    trial: Trial,
) -> None:
    """The switch needs the ledger; the cancels go on with beat."""
    trial.place(trial.order())
    trial.throttle.failure = StoreUnavailable("away")
    report = kill_command.kill_on(trial.desk, COMMAND)
    assert (report.engaged, report.verified_ms, report.still_open) == (True, None, ("k-1",))


def test_command_when_it_comes_again_after_a_release_then_it_engages_nothing(
    trial: Trial,
) -> None:
    """A redelivered message must not undo what a person did; a new command may."""
    kill_command.kill_on(trial.desk, COMMAND)
    kill_switch.release(trial.desk, reason="over", by="anna")
    assert not kill_command.kill_on(trial.desk, COMMAND).engaged
    again = checked(KillSwitch, {"reason": "drill", "idempotency_key": "kill-2"})
    assert kill_command.kill_on(trial.desk, again).engaged


def test_command_when_its_key_is_also_an_orders_then_it_is_engaged_all_the_same(
    trial: Trial,
) -> None:
    """The key of an order, or of its cancel, must not make a kill look like one done before."""
    trial.place(trial.order("kill-1"))
    trial.cancel_with(checked(CancelOrder, {"order": "kill-1", "idempotency_key": "kill-1"}))
    assert kill_command.kill_on(trial.desk, COMMAND).engaged
