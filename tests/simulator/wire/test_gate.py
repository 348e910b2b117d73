"""Laws of who comes in: MEXC's own signature vectors, keys, stamps."""

import pytest

from orderdesk.simulator.keys import Key, Permission
from orderdesk.simulator.messages import Call
from orderdesk.simulator.wire.gate import admit, outside_window, sign, split_signature
from tests.simulator.floor import KEY, SECRET, Floor, signature

# MEXC spot v3 docs, "Signed", Jan 2026: examples 2 (query) and 3 (query and body mixed). Example
# 1 (body) prints a signature that no arrangement of its parameters gives, and is left out.
_SECRET = "45d0b3c26f2644f19bfb98b07741b2f5"
_PLAIN = (
    "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087"
)
_DOCUMENTED = [
    (_PLAIN, "", "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a"),
    (
        "symbol=BTCUSDT&side=BUY&type=LIMIT",
        "quantity=1&price=11&recvWindow=5000&timestamp=1644489390087",
        "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592",
    ),
]
# The same secret; computed with an independent HMAC, to pin that encoded text is signed as sent.
_COMPUTED = [
    (
        (
            "price=11&quantity=1&recvWindow=5000&side=BUY&symbol=BTCUSDT"
            "&timestamp=1644489390087&type=LIMIT"
        ),
        "",
        "dd70895e937dcd54776fd8eea4cdd609ce0e76d495d646be6c92e4fb8559dd4a",
    ),
    (
        "symbol=BTCUSDT%2CMXUSDT&timestamp=1644489390087",
        "",
        "777a515516f93951fb689cfd0fa7629cb458fa7dc617170f88255b3a90ce6080",
    ),
    (
        (
            "batchOrders=%5B%7B%22symbol%22%3A%22BTCUSDT%22%2C%22side%22%3A%22BUY%22%2C%22type%22%3A"
            "%22LIMIT%22%2C%22quantity%22%3A%221%22%2C%22price%22%3A%2211%22%7D%5D"
            "&timestamp=1644489390087&recvWindow=5000"
        ),
        "",
        "62719deb18f524bd71faba56724d369f02274dfece7b7b74b9ef2f19120d7014",
    ),
]


@pytest.mark.parametrize(("query", "body", "expected"), _DOCUMENTED + _COMPUTED)
def test_sign_when_mexcs_examples_are_signed_then_the_signatures_are_mexcs(
    query: str, body: str, expected: str
) -> None:
    """What is signed is the query and the body as sent, without a separator, in lower-case hex."""
    assert split_signature(f"{query}&signature={expected}", body) == (query + body, expected)
    assert sign(_SECRET, query + body) == expected


@pytest.mark.parametrize(("query", "body", "expected"), _DOCUMENTED)
def test_admit_when_mexcs_examples_are_sent_then_they_pass(
    query: str, body: str, expected: str
) -> None:
    """A call signed by the book comes in, wherever its parameters travel."""
    call = Call(
        method="POST",
        path="/api/v3/order",
        query=f"{query}&signature={expected}",
        body=body,
        api_key="mx0aBYs33eIilxBWC5",
        content_type="application/json",
        now_ms=1_644_489_390_087,
    )
    assert admit({"mx0aBYs33eIilxBWC5": Key(_SECRET, "a")}, call, Permission.READ_ORDERS) is None
    assert call.account == "a"


def test_admit_when_everything_travels_in_the_body_then_it_passes(floor: Floor) -> None:
    """The body form is as good as the query form."""
    text = f"symbol=BTCUSDT&timestamp={floor.now_ms}"
    call = Call(
        method="POST",
        path="/api/v3/order",
        body=f"{text}&signature={signature('paper-secret', text)}",
        api_key="paper-key",
        content_type="application/json",
        now_ms=floor.now_ms,
    )
    assert admit(floor.venue.keys, call, Permission.READ_ORDERS) is None


@pytest.mark.parametrize(
    ("key", "code"), [(None, 400), ("", 400), ("no key!", 700001), ("mx0unknown", 10072)]
)
def test_admit_when_the_key_is_not_one_then_its_code_is_given(
    floor: Floor, key: str | None, code: int
) -> None:
    """No key, a malformed one and an unknown one are three different things."""
    call = floor.signed_call("GET", "account")
    call.api_key = key
    refusal = admit(floor.venue.keys, call, Permission.READ_ORDERS)
    assert refusal is not None
    assert refusal.code == code


@pytest.mark.parametrize("tamper", [str.upper, lambda text: text[:-1] + "0", lambda _: "é"])
def test_admit_when_the_signature_is_another_then_700002(floor: Floor, tamper: object) -> None:
    """One wrong character, or upper case, is a wrong signature."""
    assert callable(tamper)
    call = floor.signed_call("GET", "account", recvWindow=5000)
    text, good = split_signature(call.query, call.body)
    call.query = f"{text}&signature={tamper(good)}"
    call.now_ms = floor.now_ms
    refusal = admit(floor.venue.keys, call, Permission.READ_ORDERS)
    assert refusal is not None
    assert refusal.code == 700002


def test_admit_when_a_signed_value_changed_on_the_way_then_700002(floor: Floor) -> None:
    """What was sent is what was signed, to the byte."""
    call = floor.signed_call("GET", "order", symbol="BTCUSDT", orderId="1")
    call.query = call.query.replace("orderId=1", "orderId=2")
    refusal = admit(floor.venue.keys, call, Permission.READ_ORDERS)
    assert refusal is not None
    assert refusal.code == 700002


@pytest.mark.parametrize("name", ["timestamp", "signature"])
def test_admit_when_a_stamp_or_signature_is_missing_then_700004_names_it(
    floor: Floor, name: str
) -> None:
    """Signed calls need both."""
    call = floor.signed_call("GET", "account")
    del call.params[name]
    refusal = admit(floor.venue.keys, call, Permission.READ_ORDERS)
    assert refusal is not None
    assert refusal.code == 700004
    assert name in refusal.message


@pytest.mark.parametrize(
    ("method", "content_type", "code"),
    [
        ("GET", "", None),
        ("DELETE", "", 700013),
        ("POST", "application/x-www-form-urlencoded", 700013),
        ("POST", "application/json", None),
    ],
)
def test_admit_when_the_content_type_is_not_json_then_700013_but_for_get(
    floor: Floor, method: str, content_type: str, code: int | None
) -> None:
    """Everything but GET is sent as JSON, even with an empty body."""
    call = floor.signed_call(method, "order")
    call.content_type, call.now_ms = content_type, floor.now_ms
    refusal = admit(floor.venue.keys, call, Permission.READ_ORDERS)
    assert (None if refusal is None else refusal.code) == code


@pytest.mark.parametrize(
    ("age_ms", "window", "code"),
    [
        (0, None, None),
        (5_000, None, None),
        (5_001, None, 700003),
        (-999, None, None),
        (-1_000, None, 700003),
        (-1_000, "60000", 700003),
        (60_000, "60000", None),
        (60_001, "60000", 700003),
        (0, "60001", 700005),
        (2_001, "2000", 700003),
        (0, "soon", 33333),
    ],
)
def test_window_when_a_stamp_is_too_far_off_then_it_is_refused(
    age_ms: int, window: str | None, code: int | None
) -> None:
    """Under a second ahead, at most the window behind; a longer window does not help ahead."""
    call = Call(method="GET", path="/", now_ms=1_000_000)
    call.params = {"timestamp": str(1_000_000 - age_ms)}
    if window is not None:
        call.params["recvWindow"] = window
    refusal = outside_window(call)
    assert (None if refusal is None else refusal.code) == code


def test_admit_when_the_key_lacks_the_permission_then_700007(floor: Floor) -> None:
    """A key that may only read is known, and still may not trade."""
    floor.venue.keys[KEY] = Key(SECRET, "paper", frozenset({Permission.READ_ORDERS}))
    assert floor.signed("GET", "openOrders") == []
    assert floor.code("POST", "order", symbol="BTCUSDT") == 700007
    assert floor.code("GET", "account") == 700007


def test_place_when_the_symbol_is_closed_for_the_key_then_10007(floor: Floor) -> None:
    """What MEXC opens is opened for each key by itself; selfSymbols tells which."""
    floor.venue.keys[KEY] = Key(SECRET, "paper", closed_symbols=frozenset({"BTCUSDT"}))
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": 1, "price": 59000}
    assert floor.code("POST", "order", **order) == 10007
    assert floor.code("POST", "order/test", **order) == 10007
    assert "BTCUSDT" not in floor.signed("GET", "selfSymbols")["data"]
    assert "BTCUSDT" in floor.public("defaultSymbols")["data"]


def test_margin_when_it_is_called_then_it_is_closed(floor: Floor) -> None:
    """700011, whatever the path and whoever asks."""
    assert floor.code("GET", "margin/order") == 700011
