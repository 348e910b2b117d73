"""A broken rule is told in the desk's words, whoever found it broken."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from orderdesk.core.rule_words import rule_of


def _found(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return rule_of(caught.value.errors()[0])


def test_rule_when_pydantic_tells_it_then_it_says_what_must_be() -> None:
    """No "Input should", and nothing of how it was read."""
    assert _found(int, "x") == "must be a valid integer"
    assert _found(bool, "perhaps").startswith("must be a valid boolean")
    assert rule_of({"type": "missing", "msg": "Field required"}) == "must be given"
    own = {"type": "value_error", "msg": "Value error, must be buy or sell"}
    assert rule_of(own) == "must be buy or sell"
