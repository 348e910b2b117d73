"""The nursery starts programs, also such as end before anybody looks."""

import os
from pathlib import Path

from tests.crash.nursery import Nursery


def test_program_when_it_ends_at_once_then_its_start_is_not_waited_for_in_vain(
    tmp_path: Path,
) -> None:
    """A producer may die in its first milliseconds: that is a birth all the same."""
    with Nursery(tmp_path, dict(os.environ)) as nursery:
        for number in range(30):
            name = f"short-{number}"
            assert nursery.start(name, ("no such program",)) > 0
            assert nursery.wait_gone(name, 10) is not None
