"""Signatures: MEXC's two valid vectors, and what pins the encoding."""

import pytest

from orderdesk.exchanges.mexc.signing import encoded, signature, signed_query

SECRET = "45d0b3c26f2644f19bfb98b07741b2f5"
"""Of MEXC's own example; it opens nothing."""

ORDER = [
    ("symbol", "BTCUSDT"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("quantity", "1"),
    ("price", "11"),
    ("recvWindow", "5000"),
    ("timestamp", "1644489390087"),
]

BATCH = '[{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":"1","price":"11"}]'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000"
                "&timestamp=1644489390087"
            ),
            "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a",
        ),
        (
            # Query and body run together without a separator.
            (
                "symbol=BTCUSDT&side=BUY&type=LIMITquantity=1&price=11&recvWindow=5000"
                "&timestamp=1644489390087"
            ),
            "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592",
        ),
    ],
    ids=["query", "mixed"],
)
def test_signature_when_the_vector_is_mexcs_then_it_matches(text: str, expected: str) -> None:
    """MEXC's docs carry three vectors; these two are right, the body one is not."""
    assert signature(text, SECRET) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (ORDER, "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a"),
        (sorted(ORDER), "dd70895e937dcd54776fd8eea4cdd609ce0e76d495d646be6c92e4fb8559dd4a"),
        (
            [("symbol", "BTCUSDT,MXUSDT"), ("timestamp", "1644489390087")],
            "777a515516f93951fb689cfd0fa7629cb458fa7dc617170f88255b3a90ce6080",
        ),
        (
            [("batchOrders", BATCH), ("timestamp", "1644489390087"), ("recvWindow", "5000")],
            "62719deb18f524bd71faba56724d369f02274dfece7b7b74b9ef2f19120d7014",
        ),
    ],
    ids=["unsorted", "sorted", "comma", "json"],
)
def test_signed_query_when_built_from_pairs_then_the_encoded_form_is_signed(
    pairs: list[tuple[str, str]], expected: str
) -> None:
    """The order of the pairs is kept, and what is signed is what is sent."""
    assert signed_query(pairs, SECRET) == f"{encoded(pairs)}&signature={expected}"


def test_query_when_values_are_odd_then_escapes_are_upper_case_and_spaces_are_not_plus() -> None:
    """MEXC reads %20, not +; and %2C, not %2c."""
    pairs = [("a", "x y"), ("b", ",[]{}/?&=+é"), ("c", "A-Z_a.z~9")]

    assert encoded(pairs) == "a=x%20y&b=%2C%5B%5D%7B%7D%2F%3F%26%3D%2B%C3%A9&c=A-Z_a.z~9"
