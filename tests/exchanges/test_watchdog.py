"""The watchdog ends what is late, and only that."""

import socket
import time
from collections.abc import Iterator

import pytest

from orderdesk.exchanges.watchdog import Watchdog

FAR_S = 3_600.0


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give two ends of one connection; a read that is not ended fails after five seconds."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    theirs.settimeout(5)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    """Give a watchdog that ends with the test."""
    watchdog = Watchdog()
    yield watchdog
    watchdog.close()


def test_watch_when_its_deadline_passes_then_a_read_ends(
    watchdog: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    """A blocked read comes back empty, and the watch says why."""
    watch = watchdog.watch(pair[0], time.monotonic() + 0.05)

    assert pair[0].recv(1) == b""
    watchdog.let_go(watch)
    assert watch.fired


def test_watch_when_a_nearer_deadline_comes_later_then_it_is_kept_too(
    watchdog: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    """The thread that waits for a far deadline wakes for a nearer one."""
    other, peer = socket.socketpair()
    with other, peer:
        far = watchdog.watch(other, time.monotonic() + FAR_S)
        watchdog.watch(pair[0], time.monotonic() + 0.05)

        assert pair[0].recv(1) == b""
        assert not far.fired
        watchdog.let_go(far)


def test_watch_when_let_go_then_the_connection_lives_past_the_deadline(
    watchdog: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    """A request that is over in time leaves its connection to the next one."""
    other, peer = socket.socketpair()
    with other, peer:
        watch = watchdog.watch(pair[0], time.monotonic() + 0.05)
        watchdog.let_go(watch)
        # When this later deadline has been kept, the earlier one has been passed over.
        watchdog.watch(other, time.monotonic() + 0.1)
        assert other.recv(1) == b""

        pair[1].sendall(b"x")
        assert pair[0].recv(1) == b"x"
        assert not watch.fired


def test_watch_when_the_socket_is_closed_already_then_nothing_breaks(watchdog: Watchdog) -> None:
    """A connection that is gone is what the deadline wants."""
    ours, theirs = socket.socketpair()
    watch = watchdog.watch(ours, time.monotonic() + 0.05)
    ours.close()
    with theirs:
        theirs.settimeout(5)
        assert theirs.recv(1) == b""
        watchdog.let_go(watch)


def test_watchdog_when_closed_then_it_lets_go_and_can_begin_again(
    watchdog: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    """Closing ends no connection, and the next watch starts a thread anew."""
    first = watchdog.watch(pair[0], time.monotonic() + FAR_S)
    watchdog.close()
    assert not first.fired

    watchdog.watch(pair[0], time.monotonic() + 0.05)
    assert pair[0].recv(1) == b""
