"""What every throttle does, the fake and the real one.

An account may order once in ten minutes here, so that no test depends on how fast it runs.
"""

from collections.abc import Callable
from fractions import Fraction

import pytest

from orderdesk.core.circuit import FAILURES, FIRST_MS
from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.ports import Throttle, Waiting
from orderdesk.ports.throttle import ADDRESS
from orderdesk.stores.memory import FakeClock, FakeThrottle
from orderdesk.stores.throttle_redis import ThrottleRedis
from tests.stores.kinds import BOTH

CAPS = Caps("one in ten minutes", orders_per_s=1, requests_per_s=60_000, weight_per_10_s=600_000)
BUFFER = Fraction(1, 600)
REST_MS = 600_000
ORDER = Cost("POST /order", weight=1, orders=1)
QUESTION = Cost("GET /time")
REACH_MS = {Lane.POLL: 0, Lane.PLACE: 60_000, Lane.RESOLVE: 660_000, Lane.CANCEL: 3_000_000}

MakeThrottle = Callable[[int], Throttle]


@pytest.fixture(params=BOTH)
def make_throttle(request: pytest.FixtureRequest) -> MakeThrottle:
    """Give a way to make a throttle that holds an unknown line back for so many ms."""

    def fake(unknown_ms: int) -> Throttle:
        return FakeThrottle(FakeClock(), CAPS, BUFFER, REACH_MS, unknown_ms)

    def real(unknown_ms: int) -> Throttle:
        return ThrottleRedis(
            request.getfixturevalue("client"),
            desk_id=request.getfixturevalue("desk_id"),
            caps=CAPS,
            buffer=BUFFER,
            reach_ms=REACH_MS,
            unknown_ms=unknown_ms,
        )

    return fake if request.param == "fake" else real


@pytest.fixture
def throttle(make_throttle: MakeThrottle) -> Throttle:
    """Give a throttle whose lines are idle."""
    return make_throttle(0)


def test_book_when_the_line_is_idle_then_the_slot_is_now(throttle: Throttle) -> None:
    """Nobody waits for nothing."""
    slot = throttle.book("main", ORDER, Lane.POLL)
    assert (slot.booked, slot.wait_ms) == (True, 0)


def test_overview_when_slots_were_given_then_each_pool_tells_its_own(throttle: Throttle) -> None:
    """An order counts in three pools, a question in two; looking takes nothing."""
    caps = [CAPS.orders_per_s, CAPS.requests_per_s, CAPS.weight_per_10_s]
    assert _given(throttle, "main") == {"orders/main": 0, "requests": 0, "weight": 0}
    throttle.book("main", ORDER, Lane.PLACE)
    throttle.book("main", Cost("GET /account", weight=10), Lane.CANCEL)
    assert _given(throttle, "main") == {"orders/main": 1, "requests": 2, "weight": 11}
    assert _given(throttle, "other") == {"orders/other": 0, "requests": 2, "weight": 11}
    assert [pool.cap for pool in throttle.overview("main").pools] == caps


def _given(throttle: Throttle, account: str) -> dict[str, int]:
    return {pool.name: pool.used + pool.booked for pool in throttle.overview(account).pools}


def test_book_when_the_line_is_taken_then_each_lane_goes_as_far_as_it_may(
    throttle: Throttle,
) -> None:
    """The more urgent a lane, the farther ahead it may book; beyond that nothing is taken."""
    throttle.book("main", ORDER, Lane.POLL)

    slots = {lane: throttle.book("main", ORDER, lane) for lane in (*reversed(Lane), *Lane)}

    booked = {lane: slot.booked for lane, slot in slots.items()}
    assert booked == {
        Lane.POLL: False,
        Lane.PLACE: False,
        Lane.RESOLVE: False,  # the second time: the first one took the slot
        Lane.CANCEL: True,
    }


def test_book_when_slots_are_booked_ahead_then_they_lie_a_rest_apart(throttle: Throttle) -> None:
    """The line is reserved: who comes later waits behind who came before."""
    waits = [throttle.book("main", ORDER, Lane.CANCEL).wait_ms for _ in range(4)]
    assert waits[0] == 0
    for number, wait_ms in enumerate(waits[1:], start=1):
        assert (number - 1) * REST_MS < wait_ms <= number * REST_MS


def test_book_when_refused_then_it_says_when_to_come_back_and_takes_nothing(
    throttle: Throttle,
) -> None:
    """A refusal names the time at which the slot comes into reach, and costs nobody anything."""
    throttle.book("main", ORDER, Lane.PLACE)

    refusals = [throttle.book("main", ORDER, Lane.PLACE) for _ in range(5)]

    assert not any(slot.booked for slot in refusals)
    in_reach_ms = REST_MS - REACH_MS[Lane.PLACE]
    assert all(0 < slot.wait_ms <= in_reach_ms for slot in refusals)
    after_them = throttle.book("main", ORDER, Lane.RESOLVE)
    assert after_them.booked
    assert after_them.wait_ms <= REST_MS


def test_book_when_accounts_differ_then_their_lines_do(throttle: Throttle) -> None:
    """An account waits for its own orders only; the address is shared."""
    throttle.book("main", ORDER, Lane.PLACE)
    assert throttle.book("second", ORDER, Lane.PLACE).wait_ms == 0


def test_book_when_others_wait_then_who_comes_later_lines_up_behind_them(
    throttle: Throttle,
) -> None:
    """A place in line is a time to come back at; whoever has none gets the next one."""
    throttle.book("main", ORDER, Lane.CANCEL)
    patient = Waiting(patience_ms=4 * REST_MS)

    line = [throttle.book("main", ORDER, Lane.PLACE, patient) for _ in range(3)]

    assert not any(slot.booked for slot in line)
    assert 0 < line[0].wait_ms <= REST_MS - REACH_MS[Lane.PLACE]
    assert line[1].mark - line[0].mark == line[2].mark - line[1].mark == REST_MS * 1_000


def test_book_when_who_waits_is_not_patient_then_it_gets_no_place_in_line(
    throttle: Throttle,
) -> None:
    """A task that goes back to the queue keeps nobody waiting who stays."""
    throttle.book("main", ORDER, Lane.CANCEL)
    hasty = Waiting(patience_ms=1_000)

    waits = [throttle.book("main", ORDER, Lane.PLACE, hasty).wait_ms for _ in range(3)]

    assert max(waits) <= REST_MS


def test_book_when_a_slot_is_given_back_then_the_next_request_has_it(throttle: Throttle) -> None:
    """It was not used, so it counts nowhere: not twice, and not as wasted."""
    missed = throttle.book("main", ORDER, Lane.PLACE)
    again = throttle.book("main", ORDER, Lane.PLACE, Waiting(before=missed))
    assert (again.booked, again.wait_ms) == (True, 0)
    assert not throttle.book("main", ORDER, Lane.PLACE).booked


def test_book_when_a_slot_is_given_back_then_its_owner_need_not_line_up(throttle: Throttle) -> None:
    """It has had its turn; behind the line, what it gave back would be nobody's."""
    missed, patient = throttle.book("main", ORDER, Lane.PLACE), Waiting(patience_ms=4 * REST_MS)
    waits = throttle.book("main", ORDER, Lane.PLACE, patient)
    again = throttle.book("main", ORDER, Lane.PLACE, Waiting(before=missed))
    assert (waits.booked, again.booked, again.wait_ms) == (False, True, 0)
    assert throttle.book("main", ORDER, Lane.PLACE, patient).mark > waits.mark  # as before


def test_book_when_the_line_is_not_known_then_every_window_is_taken_for_full(
    make_throttle: MakeThrottle,
) -> None:
    """A throttle that remembers nothing lets nobody through, and asking does not prolong it."""
    throttle = make_throttle(REST_MS)

    asked = [throttle.book("main", ORDER, Lane.POLL) for _ in range(3)]

    assert not any(slot.booked for slot in asked)
    assert all(0 < slot.wait_ms <= REST_MS for slot in asked)
    assert throttle.book("main", ORDER, Lane.RESOLVE).wait_ms <= REST_MS


def test_pause_when_it_stands_then_nobody_gets_a_slot_before_its_end(throttle: Throttle) -> None:
    """A pause holds for every lane; a slot after its end may be booked."""
    throttle.pause("main", 600_000, "429 from the venue")

    other = throttle.book("second", ORDER, Lane.PLACE)
    refused = throttle.book("main", ORDER, Lane.PLACE)
    booked = throttle.book("main", ORDER, Lane.CANCEL)

    assert other.wait_ms == 0
    assert (refused.booked, booked.booked) == (False, True)
    assert 0 < refused.wait_ms <= 600_000 - REACH_MS[Lane.PLACE]
    assert 0 < booked.wait_ms <= 600_000


def test_pause_when_a_shorter_one_follows_then_the_longer_one_stands(throttle: Throttle) -> None:
    """A pause is never shortened, and its reason stays with it."""
    throttle.pause("main", 600_000, "banned")
    throttle.pause("main", 60_000, "429")

    left = throttle.pause_left("main")

    assert left is not None
    assert left[1] == "banned"
    assert 60_000 < left[0] <= 600_000


def test_pause_when_a_longer_one_follows_then_it_counts(throttle: Throttle) -> None:
    """The farther end wins."""
    throttle.pause("main", 60_000, "429")
    throttle.pause("main", 600_000, "banned")
    assert (throttle.pause_left("main") or (0, ""))[1] == "banned"


def test_pause_left_when_nobody_paused_then_there_is_none(throttle: Throttle) -> None:
    """A line that only gives slots is not paused."""
    throttle.book("main", ORDER, Lane.PLACE)
    assert throttle.pause_left("main") is None


def test_pause_when_the_address_is_meant_then_every_account_waits(throttle: Throttle) -> None:
    """A ban knows no accounts, and its reason shows for each of them."""
    throttle.pause(ADDRESS, 60_000, "HTTP 418")
    for account in ("main", "second"):
        slot = throttle.book(account, ORDER, Lane.POLL)
        assert (slot.booked, 0 < slot.wait_ms <= 60_000) == (False, True)
        assert (throttle.pause_left(account) or (0, ""))[1] == "HTTP 418"


def test_pause_when_its_cause_comes_while_it_stands_then_it_does_not_grow(
    throttle: Throttle,
) -> None:
    """Requests on their way are refused too: that is no repeat."""
    lasts = [throttle.pause(ADDRESS, 60_000, "429", again_ms=600_000) for _ in range(5)]
    assert all(59_000 < ms <= 60_000 for ms in lasts)


def test_pause_when_it_comes_again_right_after_then_it_grows(throttle: Throttle) -> None:
    """The first repeat lasts as long as it is told to, every further one twice as long."""
    lasts = [throttle.pause(ADDRESS, 0, "429", again_ms=again_ms) for again_ms in (1, 0, 60_000)]
    assert lasts[:2] == [0, 0]
    assert 59_000 < lasts[2] <= 60_000


def test_heard_when_the_venue_is_silent_then_orders_wait_and_one_question_looks(
    throttle: Throttle,
) -> None:
    """An open circuit: nobody hammers, cancels pass, and no order is put in doubt."""
    # Given
    opened = [throttle.heard(answered=False, reason="HTTP 503") for _ in range(FAILURES)]
    # Then it opens with the last of them, and says why
    assert opened == [0] * (FAILURES - 1) + [FIRST_MS]
    assert (throttle.pause_left("main") or (0, ""))[1] == "HTTP 503"
    for lane in (Lane.PLACE, Lane.POLL, Lane.RESOLVE):
        slot = throttle.book("main", QUESTION, lane)
        assert (slot.booked, 0 < slot.wait_ms <= FIRST_MS) == (False, True)
    assert throttle.book("main", QUESTION, Lane.CANCEL).booked


def test_heard_when_the_venue_answers_again_then_everything_goes_on(throttle: Throttle) -> None:
    """One answer is enough."""
    for _ in range(FAILURES):
        throttle.heard(answered=False, reason="HTTP 503")
    throttle.book("main", QUESTION, Lane.CANCEL)

    throttle.heard(answered=True)

    assert throttle.pause_left("main") is None
    assert throttle.book("main", QUESTION, Lane.PLACE).booked


def test_heard_when_it_answers_between_failures_then_the_circuit_stays_closed(
    throttle: Throttle,
) -> None:
    """Only failures in a row say that nobody is there."""
    for _ in range(3):
        for _ in range(FAILURES - 1):
            assert throttle.heard(answered=False, reason="reset") == 0
        throttle.heard(answered=True)
    assert throttle.book("main", QUESTION, Lane.PLACE).booked


def test_overview_when_slots_were_given_then_pools_and_lanes_are_counted(
    throttle: Throttle,
) -> None:
    """What is used in the span that ends now, what lies ahead, and how it went for each lane."""
    first = throttle.book("main", ORDER, Lane.CANCEL)
    throttle.book("main", ORDER, Lane.CANCEL, Waiting(waited_ms=40))
    throttle.book("main", ORDER, Lane.PLACE)
    throttle.book("second", ORDER, Lane.POLL)

    use = throttle.overview("main")

    pools = {pool.name: pool for pool in use.pools}
    assert pools["orders/main"].used + pools["orders/main"].booked == 2
    assert pools["orders/main"].booked == 1
    assert (pools["orders/main"].cap, pools["orders/main"].span_ms) == (1, 1_000)
    assert use.lanes[Lane.CANCEL].given == 2
    assert first.wait_ms == 0
    assert REST_MS - 1_000 < use.lanes[Lane.CANCEL].waited_ms - 40 <= REST_MS
    assert use.lanes[Lane.PLACE].refused == 1
    assert use.closed_ms == 0
    assert use.buffer == BUFFER
