"""Laws of answers: whatever the bytes are, only a known word is believed, and nothing breaks."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.answers import Accepted, Refused, Unclear, Why
from orderdesk.errors import ExchangeRefused, ExchangeUnreachable
from orderdesk.exchanges.http import Reply
from orderdesk.exchanges.mexc.error_codes import CODES
from orderdesk.exchanges.mexc.verdicts import answer_to_order, answer_to_question
from tests.core.laws import law
from tests.exchanges.mexc.test_verdicts import ASKED, DATE

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["code", "msg", "orderId", "data"]) | st.text(), inner)
    ),
    max_leaves=10,
)
statuses = st.integers(100, 599)
header_values = (
    st.text(max_size=20) | st.datetimes().map(lambda at: at.strftime("%c")) | st.just(DATE)
)
headers = st.dictionaries(st.sampled_from(["retry-after", "date"]), header_values)


def _is_yes(content: object) -> bool:
    """State the yes once more: 2xx is asked for elsewhere."""
    if not isinstance(content, dict) or content.get("code") not in (None, 0, 200, "0", "200"):
        return False
    order_id = content.get("orderId")
    return bool(order_id) and isinstance(order_id, (str, int)) and order_id is not True


@law
@given(st.binary(max_size=200), statuses, headers)
def test_bytes_when_they_are_random_then_an_order_stays_open(
    body: bytes, status: int, sent: dict[str, str]
) -> None:
    """No garbage becomes a yes or a no, and nothing breaks."""
    assert isinstance(answer_to_order(Reply(status, sent, body)), Unclear)


@law
@given(json_values, statuses, headers)
def test_json_when_it_is_random_then_only_a_known_word_is_believed(
    content: Any, status: int, sent: dict[str, str]
) -> None:
    """A yes needs a 2xx and an id, a no needs a known code; a question raises what it may."""
    reply = Reply(status, sent, json.dumps(content).encode())

    answer = answer_to_order(reply)
    if isinstance(answer, Accepted):
        assert 200 <= status < 300
        assert _is_yes(content)
    elif isinstance(answer, Refused):
        assert status < 500
        assert isinstance(CODES[str(content["code"])], Why)
    else:
        assert isinstance(answer, Unclear)
    try:
        answer_to_question(reply, ASKED)
    except (ExchangeUnreachable, ExchangeRefused):
        return
    assert 200 <= status < 300
