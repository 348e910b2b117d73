"""The page about the simulator names everything that there is to call, and nothing else."""

import re
from pathlib import Path

from orderdesk.simulator.faults import KINDS
from orderdesk.simulator.habits import Habits
from orderdesk.simulator.wire.routes import ADMIN, ENDPOINTS

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "simulator.md").read_text()
WORDS = set(re.findall(r"[\w/]+", PAGE))


def test_page_when_endpoints_are_answered_then_it_names_each() -> None:
    """Whoever looks for an endpoint finds it in the table, or among what is not simulated."""
    names = {
        path.removeprefix("/api/v3/").removesuffix("/uid")
        for path in ENDPOINTS
        if not path.startswith(ADMIN)
    }
    assert {name for name in names if name not in WORDS and name != "strategy/group"} == set()
    assert "`strategy/group`" in PAGE


def test_page_when_the_admin_door_opens_then_it_names_each_way_in() -> None:
    """The door is documented whole."""
    doors = {path for path in ENDPOINTS if path.startswith(ADMIN)}
    assert {path for path in doors if path not in PAGE} == set()


def test_page_when_something_goes_wrong_on_demand_then_it_says_what() -> None:
    """Every kind of fault and every habit stands in its table."""
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert set(KINDS) <= named
    assert set(Habits.__dataclass_fields__) <= named
