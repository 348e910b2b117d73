"""A desk that is not who it was: a key of another account, a Redis of another ledger."""

import pytest

from orderdesk.settings import Settings
from orderdesk.stores.redis_door import Keys, connect
from tests.processes.orders import ORDER, WAIT_S
from tests.processes.running_desk import RunningDesk

pytestmark = pytest.mark.processes


def test_worker_when_its_key_is_of_another_account_then_it_does_not_start_and_says_why(
    own_desk: RunningDesk,
) -> None:
    """The first account's orders can neither be found nor ended with a second one's key."""
    # Given a ledger whose account had another number at the exchange
    desk = own_desk
    desk.ledger.bind_uid("main", "1", now_ms=0)
    # When
    desk.start_worker("all")
    desk.until(lambda: desk.workers["all"].poll() is not None)
    # Then
    assert desk.workers["all"].returncode == 1
    assert "bound to the venue's account 1" in desk.last_words()


def test_upkeep_when_redis_is_anothers_for_a_while_then_one_dead_letter_counts_it(
    own_desk: RunningDesk,
) -> None:
    """Beat comes every second; a person reads one letter, and orders go on when it is mended."""
    # Given
    desk = own_desk
    desk.start_worker("all")
    desk.start_beat()
    desk.call("place_order").delay(**ORDER, idempotency_key="warm").get(timeout=WAIT_S)
    redis = connect(desk.redis.url)
    mark = Keys(Settings.from_environment(desk.environ).desk_id).ledger
    ours = redis.get(mark)
    # When
    redis.set(mark, "another ledger")
    desk.until(lambda: [one for one in desk.ledger.dead_letters() if one.attempts >= 3])
    redis.set(mark, str(ours))
    # Then
    (letter,) = desk.ledger.dead_letters()
    assert (letter.task, letter.reason) == ("sweep_intents", "DeskHalted")
    report = desk.call("place_order").delay(**ORDER, idempotency_key="after").get(timeout=WAIT_S)
    assert report["status"] == "NEW"
