"""Every no has the user's body, and a status that says what to do."""

import pytest

from orderdesk import errors
from orderdesk.control.http.told import STATUS, of_desk
from tests.control.http.served import OPERATOR, Served


def _classes(root: type[errors.DeskError]) -> list[type[errors.DeskError]]:
    return [root, *(each for child in root.__subclasses__() for each in _classes(child))]


@pytest.mark.parametrize("kind", _classes(errors.DeskError))
def test_error_when_it_is_told_then_it_has_a_status_and_says_ok_false(
    kind: type[errors.DeskError],
) -> None:
    """Whoever adds an error has its family's status; what may pass says when to come back."""
    error = kind("it broke", 5_000) if kind is errors.NotYet else kind("it broke")
    answer = of_desk(error)
    assert answer.status_code in set(STATUS.values())
    assert b'"ok":false,"error":"it broke"' in answer.body
    assert ("retry-after" in answer.headers) == (answer.status_code == 503)


def test_outcome_when_it_is_unknown_then_the_key_to_repeat_with_is_told(desk: Served) -> None:
    """An order that may have been taken is repeated with its key, which cannot double it."""
    desk.trial.intake.answer_lost = True
    body = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
    answer = desk.post("/orders", json=body, headers={"Idempotency-Key": "mine"})
    assert answer.status_code == 503
    assert answer.json()["idempotency_key"] == "mine"
    assert answer.json()["kind"] == "OutcomeUnknown"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/exchange/test-order", "POST"),
        ("GET", "/live/kill", "POST"),
        ("HEAD", "/live/kill", "POST"),
        ("PUT", "/orders", "GET, POST"),
        ("POST", "/orders/k-1", "DELETE, GET"),
        ("DELETE", "/health", "GET"),
    ],
)
def test_method_when_it_is_not_taken_then_405_names_those_that_are(
    desk: Served, method: str, path: str, allowed: str
) -> None:
    """GET never acts, and says so to the user's own curl (seed S3 L102)."""
    answer = desk.client.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    if method == "GET":
        assert answer.json()["error"] == f"GET never acts: {path} takes {allowed}"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/orders?limit=0", "limit='0': must be greater than or equal to 1"),
        ("/dead-letters/x", "letter_id='x': must be a valid integer"),
        ("/portfolio?account=", "account='': must match pattern '^[a-z0-9][a-z0-9_-]{0,31}$'"),
    ],
)
def test_value_when_it_breaks_a_rule_then_field_value_and_rule_are_told(
    desk: Served, path: str, said: str
) -> None:
    """In the same words as everywhere in the desk."""
    answer = desk.get(path)
    assert (answer.status_code, answer.json()["error"]) == (422, said)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("symbol=BTCUSDT&side=hold&notional_usd=10", "side='hold': must be buy or sell"),
        ("symbol=BTCUSDT&side=buy", "notional_usd: must be given"),
        (
            f"symbol=BTCUSDT&side={'x' * 500}&notional_usd=1",
            f"side='{'x' * 98}: must be buy or sell",
        ),
    ],
)
def test_test_order_when_a_word_is_wrong_then_it_is_told_shortened(
    desk: Served, query: str, said: str
) -> None:
    """A missing field has no value, and a long one is cut."""
    assert desk.post(f"/exchange/test-order?{query}").json()["error"] == said


def test_break_when_it_is_ours_then_500_tells_nothing_of_it(desk: Served) -> None:
    """What broke may quote a secret; the log has it, where secrets are taken out."""

    def breaks() -> object:
        raise RuntimeError("the secret is 42")

    desk.trial.markets.symbols = breaks  # type: ignore[assignment, method-assign]  # on purpose
    answer = desk.get("/exchange/markets", token=OPERATOR)
    assert answer.status_code == 500
    assert "42" not in answer.text
    assert answer.json() == {
        "ok": False,
        "error": "this broke inside the desk; its log says how",
        "kind": "RuntimeError",
    }
