"""The page is shipped whole, holds nobody's money, and takes nothing from elsewhere."""

import re

import pytest

from orderdesk.control.http.routes.page import FOLDER
from tests.control.http.served import Served

FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".html")


@pytest.mark.parametrize("name", FILES)
def test_page_when_a_file_is_asked_for_then_it_is_sent_as_what_it_is(
    desk: Served, name: str
) -> None:
    """Every file in the folder is served, without a token, and checked for news each time."""
    answer = desk.client.get(f"/page/{name}")
    assert answer.status_code == 200
    kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    assert answer.headers["Content-Type"].startswith(kind[name.rpartition(".")[2]])
    assert answer.headers["Cache-Control"] == "no-cache"


def test_page_when_a_file_is_none_of_its_own_then_there_is_no_way_to_it(desk: Served) -> None:
    """Nothing else of the disk."""
    for name in ("..%2Fapp.py", "index.html", "%2Fetc%2Fpasswd", "..%2F..%2Fdoors.py"):
        assert desk.client.get(f"/page/{name}").status_code in (404, 422)


def test_page_when_its_source_is_read_then_nothing_comes_from_elsewhere_and_no_text_is_markup() -> (
    None
):
    """No other host, no inline script, and no sink that would read a client id as HTML."""
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//cdn|@import|url\(", text), path.name
        if path.suffix == ".js":
            sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function"
            assert not re.search(sinks, text), path.name
        if path.suffix == ".html":
            assert not re.search(r"<script(?![^>]*src=)|\son\w+=|<style|style=", text)


def test_page_when_it_is_imported_then_every_module_it_names_is_there() -> None:
    """A misspelt import would leave a blank page."""
    for path in FOLDER.glob("*.js"):
        for name in re.findall(r'from "\./([\w.]+)"', path.read_text(encoding="utf-8")):
            assert (FOLDER / name).exists(), (path.name, name)
