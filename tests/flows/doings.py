"""What beat and people do to a desk, each as one job that a worker may be stopped in."""

from collections.abc import Callable
from typing import Any

from orderdesk.contracts import CancelAllOrders, PollOrderStatus, Reconcile
from orderdesk.core.fence import VISIBILITY_LAG_MS
from orderdesk.core.intents import Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import DeskError, Fate
from orderdesk.flows import (
    answer,
    bury,
    cancel_all,
    follow,
    kill,
    kill_switch,
    poll,
    reconcile,
    sweep,
)
from orderdesk.ports import Desk
from tests.flows.unruly import UnrulyVenue

Job = Callable[..., object]


def follow_all(desk: Desk) -> None:
    """Follow what rests."""
    follow.follow(desk, "main")


def reconcile_all(desk: Desk) -> None:
    """Hold the books against each other."""
    reconcile.reconcile(desk, Reconcile())


def throw_the_switch(desk: Desk, *, place: int) -> None:
    """Engage the kill switch, or release it."""
    switch = desk.ledger.switch(kill_switch.KILL)
    change = kill_switch.release if switch and switch.engaged else kill_switch.engage
    change(desk, reason="drill", by="a person")


def go_on_with_a_kill(desk: Desk, *, place: int) -> None:
    """Bring a kill one sweep further, if the switch is engaged."""
    kill.sweep(desk)


def cancel_everything(desk: Desk, *, place: int) -> None:
    """Cancel whatever has not ended."""
    cancel_all.cancel_all(desk, CancelAllOrders(account="main"))


def ask(desk: Desk, *, place: int) -> None:
    """Ask for an order, as a producer may."""
    for intent in _pick(desk, place, OrderStatus):
        poll.poll(desk, PollOrderStatus(order=intent.idempotency_key))


def doubt(desk: Desk, *, place: int) -> None:
    """Put an unknown order before a person, as rounds that contradict each other do."""
    for intent in _pick(desk, place, [OrderStatus.UNKNOWN]):
        now_ms = desk.time.now_ms()
        desk.ledger.quarantine(intent.id, "a drill", now_ms=now_ms)


def replay(desk: Desk, *, place: int) -> None:
    """Replay a dead letter, where that is allowed."""
    letters = desk.ledger.dead_letters()
    if letters:
        try:
            bury.replay(desk, letters[place % len(letters)].id, by="a person")
        except DeskError as error:
            if error.fate is not Fate.BURY:
                raise


def answer_truthfully(venue: UnrulyVenue) -> Job:
    """Let a person answer what is in quarantine, by what is really there and only when sure."""

    def answer_all(desk: Desk) -> None:
        for intent in _pick(desk, None, [OrderStatus.QUARANTINED]):
            attempt = desk.ledger.open_attempt_of(intent.id)
            sure_ms = attempt.window.fence_ms if attempt else 0
            if desk.time.now_ms() <= sure_ms + VISIBILITY_LAG_MS:
                continue
            there = venue.of(intent.client_order_id)
            answer.answer(
                desk,
                account="main",
                name=intent.idempotency_key,
                order_id=there[0].order_id if there else None,
                reason="I looked",
                by="a person",
            )

    return answer_all


def _pick(desk: Desk, place: int | None, statuses: Any) -> list[Intent]:
    """Return one of the intents in some state, or all of them."""
    among = desk.ledger.intents_since("main", "BTCUSDT", 0)
    fitting = [intent for intent in among if intent.status in statuses]
    if place is None or not fitting:
        return fitting
    return [fitting[place % len(fitting)]]


UPKEEP: list[Job] = [sweep.sweep, sweep.sweep, follow_all, reconcile_all]
PEOPLE: list[Job] = [ask, doubt, replay, cancel_everything, throw_the_switch, go_on_with_a_kill]
