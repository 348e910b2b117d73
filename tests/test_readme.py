"""The README promises places and commands; they must exist."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
README = (CHECKOUT / "README.md").read_text()


def test_where_do_i_add_when_it_names_a_place_then_the_place_exists() -> None:
    """Every path in the table "Where do I add" is there."""
    table = README.split("## Where do I add")[1]
    paths = re.findall(r"`((?:[\w.]+/)+[\w.]*|\w+\.py)`", table)
    assert len(paths) > 10
    assert [path for path in paths if not (CHECKOUT / path).exists()] == []


def test_links_when_they_are_relative_then_they_lead_somewhere() -> None:
    """No link of README or docs points to nothing."""
    for page in [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_first_order_when_read_from_the_top_then_it_comes_before_line_30() -> None:
    """A reader places an order within the first screen."""
    lines = README.splitlines()
    assert next(n for n, line in enumerate(lines, 1) if "place_order.delay(" in line) < 30


def test_make_commands_when_the_readme_names_them_then_the_makefile_has_them() -> None:
    """`make run`, `make test` and the rest are targets."""
    makefile = (CHECKOUT / "Makefile").read_text()
    named = set(re.findall(r"`?make ([a-z][\w-]*)`?", README)) - {"run,", "nothing"}
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, flags=re.MULTILINE))
    assert {"run", "test", "help"} <= named <= targets


def test_tables_when_a_page_has_some_then_every_row_stands_below_a_head() -> None:
    """A row that stands alone is shown as a line of bars."""
    for page in [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")]:
        prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        lines = ["", *prose.splitlines(), ""]
        heads = [
            (line, lines[n + 1])
            for n, line in enumerate(lines)
            if line.startswith("|") and not lines[n - 1].startswith("|")
        ]
        assert [head for head, below in heads if not below.startswith("|-")] == [], page.name
