"""Laws of calls and answers."""

import json

from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.messages import Call, refused


def test_call_when_a_name_is_in_query_and_body_then_the_query_wins() -> None:
    """Parameters travel in either; an empty one counts as absent."""
    call = Call(method="POST", path="/", query="a=1&b=&c=x%20y%2Bz", body="a=2&d=4")
    assert call.params == {"a": "1", "c": "x y+z", "d": "4"}


def test_call_when_a_value_holds_a_plus_then_it_stays_one() -> None:
    """A space is %20; a plus is a plus."""
    assert Call(method="GET", path="/", query="a=1+1").params == {"a": "1+1"}


def test_refused_when_a_refusal_is_sent_then_it_is_mexcs_envelope() -> None:
    """HTTP 400 with code, msg and an empty _extend."""
    answer = refused(Refusal(700003, "late"))
    assert answer.status == 400
    assert json.loads(answer.text) == {"code": 700003, "msg": "late", "_extend": None}
