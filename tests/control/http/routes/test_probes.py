"""A supervisor asks without a token, and is told no more than it needs."""

from orderdesk.errors import QueueUnreachable
from tests.control.http.served import Served


def test_ready_when_everything_answers_then_200_and_the_parts_by_name(desk: Served) -> None:
    """The parts are named, and nothing of what they hold."""
    assert desk.client.get("/health").json() == {"ok": True}
    answer = desk.client.get("/ready")
    assert answer.json() == {"ok": True, "parts": {"ledger": "answers", "redis": "answers"}}


def test_ready_when_redis_is_away_then_503_says_so_and_health_stays_well(desk: Served) -> None:
    """Not ready is no reason to be restarted; a kill works all the same."""
    desk.trial.intake.failure = QueueUnreachable("no connection to redis://user:secret@host")
    answer = desk.client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["error"] == "no answer from redis"
    assert "secret" not in answer.text
    assert desk.client.get("/health").status_code == 200
