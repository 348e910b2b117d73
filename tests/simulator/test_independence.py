"""The law that makes the simulator worth having: it is somebody else's reading of the book."""

import ast
from pathlib import Path

import orderdesk.simulator

_ROOM = Path(orderdesk.simulator.__file__).parent


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_simulator_when_it_imports_from_the_house_then_only_from_itself() -> None:
    """It shares no code with the desk: no client, no signer, no domain."""
    foreign = {
        (path.name, name)
        for path in _ROOM.rglob("*.py")
        for name in _imports(path)
        if name.split(".")[0] == "orderdesk" and not name.startswith("orderdesk.simulator")
    }
    assert foreign == set()


def test_engine_when_it_imports_then_no_clock_network_or_disk() -> None:
    """The engine is pure: time and randomness come in from outside."""
    allowed = {"bisect", "collections", "dataclasses", "decimal", "enum", "hashlib", "typing"}
    used = {
        name.split(".")[0]
        for path in (_ROOM / "engine").glob("*.py")
        for name in _imports(path)
        if not name.startswith("orderdesk.simulator.engine")
    }
    assert used <= allowed


def test_network_when_it_is_touched_then_in_two_files_only() -> None:
    """Aiohttp has two doors: what listens, and what asks for live prices."""
    users = {path.name for path in _ROOM.rglob("*.py") if "aiohttp" in _imports(path)}
    assert users == {"server.py", "live_prices.py"}
