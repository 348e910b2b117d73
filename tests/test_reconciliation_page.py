"""The page for people and the table in the code say the same."""

from pathlib import Path

from orderdesk.core.reconcile import TREATMENT

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reconciliation.md"


def test_page_when_it_shows_the_table_then_it_is_the_codes() -> None:
    """Every finding, what it means, what is done, and why."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines()]
    shown = {row[0]: row[1:] for row in rows if row[0] in set(TREATMENT)}
    assert shown == {
        str(kind): [row.meaning, row.action.lower(), row.why] for kind, row in TREATMENT.items()
    }
