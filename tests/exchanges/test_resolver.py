"""Names are looked up within a bounded time, one look-up a name."""

import socket
import threading

import pytest

from orderdesk.exchanges.resolver import Address, Resolver

ROW: Address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))


def test_name_when_it_is_an_address_then_nobody_is_asked() -> None:
    """An address needs no resolver."""

    def never(_host: str, _port: int) -> list[Address]:
        raise AssertionError("the resolver was asked")

    rows = Resolver(never).addresses("127.0.0.1", 80, timeout_s=1)

    assert rows[0][4] == ("127.0.0.1", 80)


def test_name_when_found_then_its_addresses_come_back() -> None:
    """What the system says is what we use."""
    assert Resolver(lambda *_: [ROW]).addresses("api.example", 443, timeout_s=5) == [ROW]


def test_name_when_nothing_is_found_then_it_is_an_os_error() -> None:
    """An empty answer is a failure like any other."""
    with pytest.raises(OSError, match="no address"):
        Resolver(lambda *_: []).addresses("api.example", 443, timeout_s=5)


def test_name_when_it_cannot_be_a_name_then_it_is_an_os_error() -> None:
    """A label of 64 letters breaks the codec, not us."""
    with pytest.raises(OSError, match="host name"):
        Resolver().addresses("a" * 64 + ".example", 443, timeout_s=5)


def test_name_when_it_hangs_then_everybody_joins_one_look_up_and_leaves_in_time() -> None:
    """A resolver that hangs costs one thread a name, and nobody more than his time."""
    asked: list[str] = []
    release = threading.Event()

    def hangs(host: str, _port: int) -> list[Address]:
        asked.append(host)
        release.wait()
        return [ROW]

    resolver = Resolver(hangs)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            resolver.addresses("api.example", 443, timeout_s=0.01)
    assert asked == ["api.example"]

    # Given the resolver comes round, then the next caller has its answer.
    release.set()
    assert resolver.addresses("api.example", 443, timeout_s=5) == [ROW]
