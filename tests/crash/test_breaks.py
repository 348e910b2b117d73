"""The deliberate breaks fit the code of today: one that does not fit proves nothing."""

from pathlib import Path

import pytest

from tests.crash.breaks import BREAKS, Break
from tests.crash.mutants import DoesNotFit, apply
from tests.crash.nursery import CHECKOUT


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name)
def test_break_when_applied_to_the_code_of_today_then_it_fits(
    broken: Break, tmp_path: Path
) -> None:
    """Each text stands in its file exactly once, and what comes out is still Python."""
    for change in broken.changes:
        (tmp_path / change.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / change.path).write_text((CHECKOUT / change.path).read_text())
    apply(broken, tmp_path)
    for change in broken.changes:
        text = (tmp_path / change.path).read_text()
        assert text != (CHECKOUT / change.path).read_text()
        compile(text, change.path, "exec")


def test_break_when_the_code_has_moved_on_then_it_says_so(tmp_path: Path) -> None:
    """Silence would look like a break that was noticed."""
    (change, *_) = BREAKS[0].changes
    (tmp_path / change.path).parent.mkdir(parents=True)
    (tmp_path / change.path).write_text("another code\n")
    with pytest.raises(DoesNotFit):
        apply(BREAKS[0], tmp_path)
