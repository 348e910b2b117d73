"""Signals become a flag that waits look at."""

import os
import signal
from collections.abc import Iterator

import pytest

from orderdesk.control.running.stopping import StopAsked, stopping_on_signals


@pytest.fixture(autouse=True)
def _hangups_are_heard() -> Iterator[None]:
    """`nohup make test` ignores hang-ups, and so would the desk: that is a law below."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_wait_when_a_signal_came_then_it_ends(number: signal.Signals) -> None:
    """Ctrl-C, a polite kill and a closed terminal all end a wait, and nothing else."""
    with stopping_on_signals() as stopping:
        stopping.check()
        os.kill(os.getpid(), number)
        with pytest.raises(StopAsked):
            stopping.wait(60)
        assert not stopping.hurried()


def test_hurried_when_a_second_signal_came_then_it_is_true() -> None:
    """Who asks twice does not want to wait."""
    with stopping_on_signals() as stopping:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert stopping.hurried()


def test_block_when_it_ends_then_signals_mean_what_they_meant() -> None:
    """Nothing of ours stays behind in the process."""
    before = signal.getsignal(signal.SIGTERM)
    with stopping_on_signals():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_hangup_when_nohup_ignores_it_then_so_do_we() -> None:
    """`nohup make run` goes on when its terminal closes."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping_on_signals() as stopping:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stopping.asked
    finally:
        signal.signal(signal.SIGHUP, before)


def test_terminal_when_it_is_gone_then_it_counts_as_asked() -> None:
    """A closed terminal only signals its session's leader, and that may be `make`."""
    ours, theirs = os.openpty()
    stdin = os.dup(0)
    try:
        os.dup2(theirs, 0)
        with stopping_on_signals() as stopping:
            assert not stopping.asked
            os.close(ours)
            assert stopping.asked
    finally:
        os.dup2(stdin, 0)
        os.close(stdin)
        os.close(theirs)
