"""A reader looks, an operator looks and acts, nobody else does anything."""

from pathlib import Path

import pytest

from orderdesk.control.http.doors import operators_of
from orderdesk.control.operators import hashed, new_token
from orderdesk.control.paper_access import PAPER, paper_token
from orderdesk.settings import Settings
from tests.control.http.served import OPERATOR, READER, Served, served, shown

OPEN = {"/health", "/ready", "/openapi.json", "/", "/{file}"}
"""What shows no money and does nothing."""


def _operations(desk: Served) -> list[tuple[str, str]]:
    paths = desk.client.get("/openapi.json").json()["paths"]
    return [(method, path) for path, item in paths.items() for method in item]


def test_routes_when_no_token_or_a_wrong_one_is_shown_then_401_with_the_way_in(
    desk: Served,
) -> None:
    """Every route that shows money or acts, whoever adds the next one."""
    secured = [(method, path) for method, path in _operations(desk) if path not in OPEN]
    assert len(secured) > 15
    for method, path in secured:
        for headers in ({}, shown("wrong"), {"Authorization": f"Basic {OPERATOR}"}):
            url = path.replace("{letter_id}", "1")
            answer = desk.client.request(method, url, headers=headers)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.json()["ok"] is False


def test_routes_when_a_reader_acts_then_403_and_nothing_is_done(desk: Served) -> None:
    """What is no GET acts, and an operator alone may act."""
    acting = [(m, p) for m, p in _operations(desk) if m != "get"]
    assert len(acting) > 5
    for method, path in acting:
        url = path.replace("{letter_id}", "1").replace("{order}", "k-1")
        answer = desk.client.request(method, url, headers=shown(READER))
        assert answer.status_code == 403, (method, path)
        assert "ben" in answer.json()["error"]
    assert desk.trial.queue.published == []
    assert desk.trial.ledger.switch("kill") is None


def test_routes_when_nobody_is_set_up_then_nobody_gets_in_and_it_is_said_how_to() -> None:
    """Refused by default: an empty list lets in no empty token either."""
    with served(operators={}, readers={}) as desk:
        for token in ("", "anything"):
            answer = desk.get("/orders", token=token)
            assert answer.status_code == 401
            assert "ORDERDESK_OPERATORS" in answer.json()["error"]


def test_operator_when_the_token_is_right_then_it_may_look_too(desk: Served) -> None:
    """Nobody needs two tokens."""
    assert desk.get("/orders", token=OPERATOR).status_code == 200


@pytest.mark.parametrize("token", ["x" * 5_000, "ä", "a b"])
def test_token_when_it_is_odd_then_it_is_nobodys(desk: Served, token: str) -> None:
    """A header may hold anything."""
    headers = {b"Authorization": f"Bearer {token}".encode()}
    assert desk.client.get("/orders", headers=headers).status_code == 401


def test_paper_when_the_mode_is_test_then_a_token_is_made_once_for_this_user_alone(
    tmp_path: Path,
) -> None:
    """Whoever can read the home can use the desk on paper; nobody else can."""
    token = paper_token(tmp_path)
    assert paper_token(tmp_path) == token
    assert (tmp_path / "http.token").stat().st_mode & 0o777 == 0o600
    _, entry = new_token("anna")
    environ = {"ORDERDESK_HOME": str(tmp_path), "ORDERDESK_OPERATORS": entry}
    known = operators_of(Settings.from_environment(environ))
    assert known == {PAPER: hashed(token), "anna": entry.partition(":")[2]}


def test_paper_when_the_mode_is_live_then_its_token_opens_nothing(tmp_path: Path) -> None:
    """Real money is for those who were named."""
    paper_token(tmp_path)
    environ = {"ORDERDESK_HOME": str(tmp_path), "EXECUTION_MODE": "LIVE"}
    keys = {"MEXC_API_KEY": "a", "MEXC_API_SECRET": "b"}
    assert operators_of(Settings.from_environment(environ | keys)) == {}


def test_entries_when_they_come_from_a_file_then_they_are_read_from_there(tmp_path: Path) -> None:
    """Both lists; the hashes are no secrets, but a file is how compose hands such things over."""
    _, entry = new_token("ben")
    file = tmp_path / "readers"
    file.write_text(f"{entry}\n")
    environ = {"ORDERDESK_READERS_FILE": str(file), "ORDERDESK_OPERATORS_FILE": str(file)}
    settings = Settings.from_environment(environ)
    assert settings.readers == settings.operators == {"ben": entry.partition(":")[2]}
