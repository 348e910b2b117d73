"""Import rules that import-linter cannot see: it knows packages, and imports, and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.app.defaults import NAMESPACES, flatten

CHECKOUT = Path(__file__).resolve().parents[1]
CONFIG = CHECKOUT / "celeryconfig.py"
MAY_READ_ENVIRONMENT = {"orderdesk/settings.py"}
UNLISTED = {"result_backend_thread_safe"}
"""Settings that celery 5.7 reads (backends/base.py) but its table of defaults does not list."""

CONFIG_MAY_IMPORT = {
    "orderdesk.broker",
    "orderdesk.client",
    "orderdesk.core",
    "orderdesk.exchanges.mexc.limits",
    "orderdesk.settings",
}


def _sources() -> list[Path]:
    folders = (CHECKOUT / "orderdesk", CHECKOUT / "tasks")
    return [CONFIG, *(path for folder in folders for path in sorted(folder.rglob("*.py")))]


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Give every import as (module, name it is bound to)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from ((module, alias.asname or alias.name) for alias in node.names)


def _reads_environment(tree: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.alias) and node.name in ("environ", "environb", "getenv"))
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_environment_when_read_then_only_by_settings(path: Path) -> None:
    """One reader of the environment; everybody else is given plain arguments."""
    allowed = str(path.relative_to(CHECKOUT)) in MAY_READ_ENVIRONMENT
    assert allowed or not _reads_environment(ast.parse(path.read_text()))


def test_environment_when_settings_are_looked_at_then_the_rule_above_can_see_it() -> None:
    """A check that finds nothing where something is proves nothing."""
    settings = CHECKOUT / "orderdesk" / "settings.py"
    assert _reads_environment(ast.parse(settings.read_text()))


def test_celeryconfig_when_it_imports_then_no_room_that_does_things() -> None:
    """The page of numbers takes numbers from settings and tables, and starts nothing."""
    ours = [m for m, _ in _imports(ast.parse(CONFIG.read_text())) if m.startswith("orderdesk")]
    assert ours
    assert [m for m in ours if m not in CONFIG_MAY_IMPORT] == []


def test_celeryconfig_when_it_binds_a_name_then_it_is_a_setting_or_begins_with_underscore() -> None:
    """Celery takes every other name there for a setting, or throws it away without a word."""
    tree = ast.parse(CONFIG.read_text())
    bound = {name for _, name in _imports(tree)} | {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    known = {name for name, _ in flatten(NAMESPACES)} | UNLISTED
    assert {name for name in bound if not name.startswith("_")} - known == set()
