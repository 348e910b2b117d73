"""Laws of the turnstile: it counts what arrived, and turns away what passes a cap."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from orderdesk.simulator.caps.costs import cost_of
from orderdesk.simulator.caps.count import Arrival
from orderdesk.simulator.caps.profiles import profile
from orderdesk.simulator.caps.turnstile import TurnedAway, Turnstile

_START_US = 1_795_000_000_000_000
_S = 1_000_000
_POST, _PING, _ACCOUNT = "POST /api/v3/order", "GET /api/v3/ping", "GET /api/v3/account"


def _arrival(endpoint: str, at_us: int, *, uid: str = "1", address: str = "a") -> Arrival:
    return Arrival(
        at_us=_START_US + at_us,
        endpoint=endpoint,
        address=address,
        uid=uid,
        cost=cost_of(endpoint, names_symbol=True),
    )


def _turnstile(limits: dict[str, int] | None = None, *, holds: bool = True) -> Turnstile:
    return Turnstile(profile("mexc-2026-09", limits), holds=holds)


def _rows(turnstile: Turnstile) -> dict[str, dict[str, object]]:
    caps = turnstile.report()["caps"]
    assert isinstance(caps, list)
    return {row["name"]: row for row in caps}


def test_arrive_when_the_thirteenth_order_comes_within_a_second_then_it_is_429() -> None:
    """Twelve are let in; the next one is told when there is room, in whole seconds."""
    turnstile = _turnstile()
    spread = [turnstile.arrive(_arrival(_POST, number * 1_000)) for number in range(12)]
    assert spread == [None] * 12
    assert turnstile.arrive(_arrival(_POST, 20_000)) == TurnedAway(429, 1, "orders_per_s")
    # The second's end: the first two are out of the window, and the one that was refused is in.
    assert turnstile.arrive(_arrival(_POST, _S + 1_000)) is None


def test_arrive_when_accounts_differ_then_each_has_its_own_orders_but_one_address() -> None:
    """Orders are counted a UID, requests an address."""
    turnstile = _turnstile()
    for uid in ("1", "2"):
        for number in range(10):
            assert turnstile.arrive(_arrival(_POST, number, uid=uid)) is None
    assert turnstile.arrive(_arrival(_PING, 11)) == TurnedAway(429, 1, "requests_per_s")
    assert turnstile.arrive(_arrival(_PING, 11, address="b")) is None


def test_arrive_when_weight_runs_out_then_the_wait_is_as_long_as_it_takes() -> None:
    """Thirty account queries in ten seconds are 300; the next waits for the oldest to leave."""
    turnstile = _turnstile({_ACCOUNT: 100})
    for number in range(30):
        assert turnstile.arrive(_arrival(_ACCOUNT, number * 100_000)) is None
    full = turnstile.arrive(_arrival(_ACCOUNT, 3_000_000))
    # 310 are in: 20 have to leave before 10 more fit, and the second one came at 0.1 s.
    assert full == TurnedAway(429, 8, "weight_per_10_s")


def test_arrive_when_a_client_goes_on_after_429_then_it_is_banned_twice_as_long_each_time() -> None:
    """418 from the eleventh 429 of a minute on: 2 minutes, then 4; the ban ends by itself."""
    turnstile = _turnstile({"firewall": 1_000})

    def hammer(from_us: int) -> list[TurnedAway | None]:
        return [turnstile.arrive(_arrival(_PING, from_us + number)) for number in range(32)]

    first = hammer(0)
    assert [answer.status for answer in first if answer] == [429] * 10 + [418] * 2
    assert first[-1] == TurnedAway(418, 120, "ban")
    assert turnstile.arrive(_arrival(_PING, 119 * _S)) is not None
    assert turnstile.arrive(_arrival(_PING, 121 * _S)) is None
    assert hammer(300 * _S)[-1] == TurnedAway(418, 240, "ban")


def test_arrive_when_the_firewall_trips_then_it_names_no_time() -> None:
    """More than 120 requests in five seconds meet the page of HTML, banned or not."""
    turnstile = _turnstile()
    answers = [turnstile.arrive(_arrival(_PING, number)) for number in range(121)]
    assert answers[119] == TurnedAway(418, 120, "ban")
    assert answers[120] == TurnedAway(403, None, "firewall")


def test_arrive_when_it_only_counts_then_all_come_in_and_every_overshoot_is_told() -> None:
    """What a bench reads without being disturbed: peak, whose, when, and how often too much."""
    turnstile = _turnstile(holds=False)
    for number in range(15):
        assert turnstile.arrive(_arrival(_POST, number * 10_000)) is None
    row = _rows(turnstile)["orders_per_s"]
    assert row["total"] == row["peak"] == 15
    assert (row["overshoots"], row["peak_of"]) == (3, "1")
    assert row["peak_at_us"] == _START_US + 140_000
    assert turnstile.report()["overshoots"] == 3


def test_configure_when_called_then_counts_and_bans_are_gone() -> None:
    """A bench begins with nothing on the books."""
    turnstile = _turnstile()
    for number in range(200):
        turnstile.arrive(_arrival(_POST, number))
    turnstile.configure(turnstile.profile, holds=True)
    assert turnstile.report()["requests"] == 0
    assert turnstile.arrive(_arrival(_POST, 201)) is None


@settings(max_examples=40)
@given(st.lists(st.integers(0, 300_000), max_size=60))
def test_report_when_anything_arrived_then_the_peak_is_that_of_every_possible_window(
    gaps: list[int],
) -> None:
    """No window of a second, wherever it begins, held more than the peak that is told."""
    turnstile, now_us, stamps = _turnstile(holds=False), 0, list[int]()
    for gap_us in gaps:
        now_us += gap_us
        stamps.append(now_us)
        turnstile.arrive(_arrival(_POST, now_us))
    fullest = Counter({start: sum(start <= at < start + _S for at in stamps) for start in stamps})
    assert _rows(turnstile)["orders_per_s"]["peak"] == max(fullest.values(), default=0)
