"""The runbook can be followed: what it says to type is understood, and nothing is left out."""

import re
import shlex
from pathlib import Path

import pytest

from orderdesk.control.cli import command_line

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = (CHECKOUT / "docs" / "runbook.md").read_text(encoding="utf-8")
TOPICS = (
    "go-live",
    "soak",
    "stop",
    "doubt",
    "dead letters",
    "keys",
    "upgrade",
    "rollback",
    "restore",
)
"""What R39 asks for."""
TYPED = sorted(
    {
        line
        for block in re.findall(r"^```console\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
        for line in re.findall(r"^\$ (orderdesk .*)$", block, flags=re.MULTILINE)
    }
)


@pytest.mark.parametrize("line", TYPED)
def test_line_when_it_is_typed_as_it_stands_then_its_words_are_understood(line: str) -> None:
    """Whoever follows it in an emergency meets no wrong option."""
    root = command_line()
    name, found, rest = root.resolve_command(None, shlex.split(line)[1:])
    context = found.make_context(name, list(rest))
    if hasattr(found, "commands"):
        verb, below, words = found.resolve_command(
            context, list(context._protected_args + context.args)
        )
        below.make_context(verb, list(words))


def test_page_when_it_is_read_then_every_emergency_has_its_place_and_the_readme_leads_there() -> (
    None
):
    """Who looks for a step finds its heading."""
    headings = "\n".join(re.findall(r"^## .*$", PAGE, flags=re.MULTILINE)).lower()
    for topic in TOPICS:
        assert topic in headings
    assert "docs/runbook.md" in (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert len(TYPED) > 15


def test_links_when_they_lead_to_a_heading_then_it_is_there() -> None:
    """The table at the top leads to the sections."""
    anchors = set(re.findall(r"\]\(#([\w-]+)\)", PAGE))
    headings = re.findall(r"^## (.*)$", PAGE, flags=re.MULTILINE)
    known = {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}
    assert anchors
    assert anchors <= known
