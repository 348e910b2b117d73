"""Counting deaths from looks taken now and then."""

from orderdesk.control.running.deaths import Deaths
from orderdesk.control.running.supervisor import Seen


def _seen(state: str, *, started_s: int, pid: int = 7, name: str = "placing") -> Seen:
    return Seen(name, state, pid, started_s, 1, "")


def test_see_when_nothing_died_then_nobody_is_named() -> None:
    """A process that starts and runs has not died."""
    deaths = Deaths()
    looks = [_seen("STARTING", started_s=0, pid=0), _seen("STARTING", started_s=5)]
    assert [deaths.see([look]) for look in [*looks, _seen("RUNNING", started_s=5)]] == [[], [], []]
    assert deaths.count("placing") == 0


def test_see_when_it_lies_dead_then_it_is_named_once() -> None:
    """One death is told once, however often it is looked at."""
    deaths = Deaths()
    dead = _seen("BACKOFF", started_s=5, pid=0)
    assert deaths.see([dead]) == [dead]
    assert deaths.see([dead]) == []
    assert deaths.count("placing") == 1


def test_see_when_it_died_and_came_back_between_looks_then_its_start_tells() -> None:
    """A supervisor is quick: death and restart may both fall between two looks."""
    deaths = Deaths()
    deaths.see([_seen("RUNNING", started_s=5)])
    again = _seen("RUNNING", started_s=9, pid=8)
    assert deaths.see([again]) == [again]
    assert deaths.count("placing") == 1


def test_see_when_a_death_was_counted_then_its_restart_is_not_another() -> None:
    """BACKOFF and the start after it are one death."""
    deaths = Deaths()
    deaths.see([_seen("BACKOFF", started_s=5, pid=0)])
    assert deaths.see([_seen("RUNNING", started_s=9)]) == []


def test_see_when_several_processes_are_seen_then_each_is_counted_alone() -> None:
    """One that dies often does not make its neighbour look ill."""
    deaths = Deaths()
    deaths.see([_seen("EXITED", started_s=5, pid=0), _seen("RUNNING", started_s=5, name="beat")])
    assert (deaths.count("placing"), deaths.count("beat")) == (1, 0)
