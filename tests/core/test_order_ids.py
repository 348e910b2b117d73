"""Every name of an order is a pure function, fits the exchange, and never changes."""

import hashlib
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.order_ids import (
    CLIENT_ORDER_ID_PREFIX,
    client_order_id,
    is_ours,
    mint_key,
    parameter_hash,
    task_id,
)
from tests.core.laws import law

OF_MEXC = re.compile(r"^[0-9a-zA-Z_-]{1,32}$")
"""Live server text of MEXC, code 700008 (probe of 2026-09-25)."""

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
"""RFC 4648, lower case."""

texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
parameters = st.dictionaries(texts, texts, max_size=5)


@law
@given(texts, texts)
def test_client_order_id_when_made_again_then_it_is_the_same_and_mexc_takes_it(
    account: str, key: str
) -> None:
    """A restart computes the id again; it fits into what MEXC allows."""
    made = client_order_id(account, key)
    assert made == client_order_id(account, key)
    assert OF_MEXC.fullmatch(made)
    assert is_ours(made)


@law
@given(texts, texts)
def test_client_order_id_when_decoded_then_it_carries_140_bits_of_the_hash(
    account: str, key: str
) -> None:
    """Twenty-eight base32 letters of SHA-256 over length-prefixed parts, computed here by hand."""
    letters = client_order_id(account, key).removeprefix(CLIENT_ORDER_ID_PREFIX)
    joined = "".join(f"{len(part)}:{part}" for part in ("client-order-id", account, key))
    digest = int(hashlib.sha256(joined.encode()).hexdigest(), 16)
    bits = "".join(f"{BASE32.index(letter):05b}" for letter in letters)
    assert len(bits) >= 140
    assert f"{digest:0256b}".startswith(bits)


def test_names_when_computed_today_then_they_are_those_of_the_first_day() -> None:
    """Rows keep their names for ever, so a change here would lose orders."""
    hashed = parameter_hash({"symbol": "BTCUSDT", "account": "main"})
    assert client_order_id("main", "k-1") == "od1-zor5wxhsbcsiz2ys6okwyyjxidry"
    assert hashed == "15e4682110f95073fa0dc5195a927daf4153329c1990937c065a0ab9512b2984"
    assert task_id("main", "k-1", hashed) == "20819e29-e3f9-5413-b771-8f1673adf424"


@law
@given(texts, texts, texts, texts)
def test_names_when_anything_differs_then_they_differ(
    account: str, key: str, other_account: str, other_key: str
) -> None:
    """Two intents never share a name, wherever one part ends and the next begins."""
    same = (account, key) == (other_account, other_key)
    ours, theirs = client_order_id(account, key), client_order_id(other_account, other_key)
    assert (ours == theirs) is same
    assert (task_id(account, key, "h") == task_id(other_account, other_key, "h")) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", "bc"), ("ab", "c")), (("", "abc"), ("abc", "")), (("a1", ":b"), ("a", "1:b"))],
)
def test_names_when_the_parts_join_to_the_same_text_then_they_differ_all_the_same(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    """The border between account and key is part of the name."""
    assert client_order_id(*one) != client_order_id(*other)
    assert task_id(*one, "h") != task_id(*other, "h")


@law
@given(texts, texts, parameters, parameters)
def test_task_id_when_a_call_is_repeated_then_it_is_the_same_and_a_conflict_has_its_own(
    account: str, key: str, first: dict[str, str], second: dict[str, str]
) -> None:
    """A repeat shares the AsyncResult; the same key with other parameters does not."""
    name = task_id(account, key, parameter_hash(first))
    again = task_id(account, key, parameter_hash(dict(reversed(first.items()))))
    conflict = task_id(account, key, parameter_hash(second))
    assert name == again
    assert (name == conflict) is (first == second)
    assert uuid.UUID(name).version == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "b"}, {"a": "c"}),
        ({"a": "b"}, {"a": "b", "c": ""}),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}),
        ({"a": "1,b=2"}, {"a": "1", "b": "2"}),
    ],
)
def test_parameter_hash_when_orders_differ_then_so_do_the_hashes(
    one: dict[str, str], other: dict[str, str]
) -> None:
    """No two orders look like one, whatever stands in their texts."""
    assert parameter_hash(one) != parameter_hash(other)


@pytest.mark.parametrize(
    ("found", "ours"),
    [
        ("od1-aaaa", True),
        ("od2-aaaa", False),
        ("x-od1-aaaa", False),
        ("OD1-aaaa", False),
        ("", False),
        (None, False),
    ],
)
def test_is_ours_when_an_order_is_found_then_the_prefix_tells(
    found: str | None, *, ours: bool
) -> None:
    """Foreign orders, and orders without a client id, are not ours."""
    assert is_ours(found) is ours


def test_mint_key_when_called_twice_then_two_intents_are_meant() -> None:
    """A call without a key is a new intent each time."""
    first, second = mint_key(), mint_key()
    assert first != second
    assert uuid.UUID(first.removeprefix("m-")).version == 4
