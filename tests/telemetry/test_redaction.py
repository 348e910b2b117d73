"""No secret passes, in whatever clothes it comes."""

import json
from urllib.parse import quote

import pytest

from orderdesk.telemetry.redaction import Redactor

SECRET = 'p@ss/w"ör\\d&1'


@pytest.mark.parametrize(
    "text",
    [
        f"the secret is {SECRET}!",
        f"https://host/?x={quote(SECRET)}",
        f"https://host/?x={quote(SECRET, safe='')}",
        json.dumps({"x": SECRET}),
        repr({"x": SECRET}),
        f"redis://:{SECRET}@host",
    ],
)
def test_known_secret_when_it_is_written_in_any_way_then_it_is_masked(text: str) -> None:
    """A value we know is hidden as text, in URLs, in JSON and in Python's repr."""
    cleaned = Redactor(["other", SECRET]).clean(text)
    assert "***" in cleaned
    assert "w" not in cleaned.replace("the secret is", "")
    assert "&1" not in cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("GET /x?a=1&signature=ab12&b=2 HTTP", "GET /x?a=1&signature=***&b=2 HTTP"),
        ("{'signature': 'ab12', 'a': '1'}", "{'signature': ***, 'a': '1'}"),
        ("[('signature', 'ab12'), ('a', '1')]", "[('signature', ***), ('a', '1')]"),
        ("X-MEXC-APIKEY: ab12\r\nAccept: */*", "X-MEXC-APIKEY: ***\r\nAccept: */*"),
        ("{'x-mexc-apikey': b'ab12'}", "{'x-mexc-apikey': ***}"),
        ("[(b'X-MEXC-APIKEY', b'ab12')]", "[(b'X-MEXC-APIKEY', ***)]"),
        ("wss://host/ws?listenKey=ab12", "wss://host/ws?listenKey=***"),
        ('{"listenKey":"ab12","total":1}', '{"listenKey":***,"total":1}'),
        ('{"listenKey":["ab12","cd34"]}', '{"listenKey":***}'),
        (r"{\"listenKey\": \"ab12\"}", r"{\"listenKey\": ***}"),
        ("listen_key=ab12", "listen_key=***"),
        ("Authorization: Bearer ab12", "Authorization: ***"),
        ("{'Authorization': 'Basic ab12 cd34'}", "{'Authorization': ***}"),
        ("redis://me:ab12@host:1/0 and more", "redis://me:***@host:1/0 and more"),
        ("postgresql://me:a@b12@host/db", "postgresql://me:***@host/db"),
    ],
)
def test_unknown_secret_when_it_stands_where_secrets_stand_then_it_is_masked(
    text: str, cleaned: str
) -> None:
    """Signatures and listen keys are new each time, so their places are known instead."""
    assert Redactor().clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "the signature is wrong: 700002",
        "Signature for this request is not valid.",
        "authorization failed",
        "https://api.mexc.com:443/a@b",
        "redis://host:6379/0",
        "",
    ],
)
def test_plain_text_when_it_only_speaks_of_secrets_then_it_stays(text: str) -> None:
    """What masks too much is soon turned off."""
    assert Redactor([""]).clean(text) == text


def test_longer_secret_when_it_holds_a_shorter_one_then_none_of_it_is_left() -> None:
    """The longest match goes first."""
    assert Redactor(["abc", "abcdef"]).clean("abcdef abc") == "*** ***"


def test_value_when_it_is_nested_then_it_is_cleaned_all_through() -> None:
    """Fields of a log record may be any value."""
    value = {"headers": {"X-MEXC-APIKEY": "k1"}, "list": ("abc", 1, None, True), "o": Redactor}
    plain = Redactor(["abc"]).plain(value)
    assert plain == {
        "headers": {"X-MEXC-APIKEY": "***"},
        "list": ["***", 1, None, True],
        "o": str(Redactor),
    }
