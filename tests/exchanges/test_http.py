"""The door in good weather: what is sent, what comes back, what is kept open."""

import gzip
import logging
import threading

import pytest

from orderdesk.exchanges.http import HttpDoor, NoReply, Reply
from tests.exchanges.conftest import Send
from tests.exchanges.loopback import OK, Line, answer, answering, serving

AWKWARD = "/api/v3/order?a=%7E~%2C%5B%7B%22x%22%3A1%7D%5D&b=%20%2B%25&c=.-_&empty=&d=%C3%A9"


def test_target_when_it_is_full_of_escapes_then_the_bytes_sent_are_the_bytes_signed(
    send: Send,
) -> None:
    """Requests rewrites URLs (%7E becomes ~); ours go out byte for byte."""
    with serving(answering(OK)) as server:
        assert isinstance(send(server.url + AWKWARD), Reply)
        assert server.targets == [AWKWARD]


@pytest.mark.parametrize("target", ["/p?a=%7e", "/p?a=b c", "/p?a=é", "/p?a=^"])
def test_target_when_it_would_be_rewritten_then_nothing_is_sent(send: Send, target: str) -> None:
    """What cannot be written as signed is held back."""
    with serving(answering(OK)) as server:
        reply = send(server.url + target)

        assert reply == NoReply("the URL would not have been written as it was signed", unsent=True)
        assert server.requests == []


def test_headers_when_sent_then_they_name_us_and_no_body_follows(door: HttpDoor) -> None:
    """A POST carries our User-Agent, the headers given, and an empty body."""
    with serving(answering(OK)) as server:
        door.send("POST", server.url + "/p", headers={"X-MEXC-APIKEY": "k"}, timeout_ms=5_000)
        head = server.requests[0].decode().lower()

    assert "user-agent: orderdesk/" in head
    assert "x-mexc-apikey: k" in head
    assert "content-length: 0" in head


def test_reply_when_it_is_html_403_then_it_comes_back_as_it_is(send: Send) -> None:
    """No status is an error of the door: what it means is the venue's affair."""
    wall = answer("403 Forbidden", b"<html>no</html>", content_type="text/html")
    with serving(answering(wall)) as server:
        assert send(server.url + "/p") == Reply(
            403, {"content-type": "text/html"}, b"<html>no</html>"
        )


def test_reply_when_it_is_packed_then_the_body_is_unpacked(send: Send) -> None:
    """Packing is asked for, and undone."""
    packed = gzip.compress(b"[1,2,3]")
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    with serving(answering(head.encode() + packed)) as server:
        assert send(server.url + "/p") == Reply(200, {}, b"[1,2,3]")


def test_redirect_when_answered_then_it_is_not_followed(send: Send) -> None:
    """A signed request goes to the host it was signed for and to no other."""
    with serving(answering(OK)) as other:
        away = f"HTTP/1.1 302 Found\r\nLocation: {other.url}/x\r\nContent-Length: 0\r\n\r\n"
        with serving(answering(away.encode())) as server:
            assert send(server.url + "/p") == Reply(302, {}, b"")
        assert other.connections == 0


def test_cookies_when_set_then_they_are_not_sent_back(send: Send) -> None:
    """Accounts that share the door share no state."""
    sticky = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(sticky)) as server:
        send(server.url + "/p")
        send(server.url + "/p")
        assert b"ookie" not in server.requests[1]


@pytest.mark.parametrize(
    "whole", [OK, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]
)
def test_connection_when_the_answer_was_read_then_it_is_used_again(
    send: Send, whole: bytes
) -> None:
    """Keep-alive holds, whatever the framing."""
    with serving(answering(whole)) as server:
        assert [send(server.url + "/p") for _ in range(3)]
        assert (server.connections, len(server.requests)) == (1, 3)


def test_connection_when_the_server_closed_it_idle_then_a_new_one_is_made(send: Send) -> None:
    """An idle connection that the server has closed is noticed before anything is sent on it."""
    closed = threading.Event()

    def one_answer(line: Line) -> None:
        line.request()
        line.send(OK)
        line.sock.close()
        closed.set()

    with serving(one_answer) as server:
        first = send(server.url + "/p")
        closed.wait(5)
        second = send(server.url + "/p")

        assert isinstance(first, Reply)
        assert isinstance(second, Reply)
        assert (server.connections, len(server.requests)) == (2, 2)


def test_connection_when_it_rested_too_long_then_a_new_one_is_made() -> None:
    """A connection that the server may be closing just now is not trusted with an order."""
    door = HttpDoor(idle_limit_ms=0)
    with serving(answering(OK)) as server:
        for _ in range(2):
            door.send("GET", server.url + "/p", headers={}, timeout_ms=5_000)
        assert server.connections == 2
    door.close()


def test_door_when_threads_share_it_then_each_gets_its_own_answer(send: Send) -> None:
    """One session serves every thread of the process."""

    def echo(line: Line) -> None:
        while True:
            line.send(answer(body=line.request().split(b" ")[1]))

    wrong: list[object] = []

    def ask(number: int) -> None:
        for turn in range(20):
            reply = send(f"{server.url}/p?n={number}-{turn}")
            if not isinstance(reply, Reply) or reply.body != f"/p?n={number}-{turn}".encode():
                wrong.append(reply)

    with serving(echo) as server:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.requests) == 160
        assert server.connections <= 8

    assert wrong == []


def test_logs_when_urllib3_tells_everything_then_no_query_is_in_them(
    send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """A signed URL never reaches a log, at any level."""
    caplog.set_level(logging.DEBUG)
    odd = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nbad header\r\n\r\n"
    with serving(answering(odd)) as server:
        send(server.url + "/p?signature=abc")

    assert "/p?…" in caplog.text
    assert "abc" not in caplog.text
