"""What counts as a venue that answers, for its circuit."""

import pytest

from orderdesk.exchanges.http import NoReply, Reply
from orderdesk.exchanges.mexc.verdicts import silence


@pytest.mark.parametrize("status", [200, 400, 401, 403, 418, 429])
def test_silence_when_the_venue_says_anything_then_it_is_there(status: int) -> None:
    """A no is an answer, and so is "slow down": that one pauses, and breaks no circuit."""
    assert silence(Reply(status, {}, b"")) == ""


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(503, {}, b""), "HTTP 503"),
        (NoReply("the connection broke", unsent=False), "the connection broke"),
        (NoReply("no connection", unsent=True, unreachable=True), "no connection"),
    ],
)
def test_silence_when_there_is_no_answer_then_it_says_what_came_instead(
    reply: Reply | NoReply, told: str
) -> None:
    """Server errors, broken connections, nobody at the door."""
    assert silence(reply) == told


def test_silence_when_our_own_bytes_never_left_then_nothing_is_known_of_the_venue() -> None:
    """A request that was held back says nothing of anybody else."""
    assert silence(NoReply("too late to send", unsent=True)) is None
