"""What holds for every record and every word of the core, whoever adds the next one."""

import dataclasses
import importlib
import inspect
import pkgutil
from enum import StrEnum

import pytest

from orderdesk import core

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(core.__path__, f"{core.__name__}.")
]
CLASSES = [
    kind
    for module in MODULES
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if kind.__module__ == module.__name__
]
RECORDS = [kind for kind in CLASSES if dataclasses.is_dataclass(kind)]
WORDS = [kind for kind in CLASSES if issubclass(kind, StrEnum)]


@pytest.mark.parametrize("record", RECORDS)
def test_record_when_made_then_nothing_of_it_can_be_changed_or_added(record: type) -> None:
    """Records are facts: frozen, and without room for more."""
    parameters = record.__dataclass_params__  # type: ignore[attr-defined]  # not in typeshed
    assert parameters.frozen
    assert hasattr(record, "__slots__")


@pytest.mark.parametrize("words", WORDS)
def test_word_when_written_down_then_it_is_its_own_name(words: type[StrEnum]) -> None:
    """Ledger, queue and logs carry the words themselves, so no word may change by accident."""
    assert [word.value for word in words] == [word.name for word in words]


def test_core_when_it_has_classes_then_they_are_records_or_words() -> None:
    """There is nothing else: behaviour is functions, state is the ledger's."""
    assert len(RECORDS) > len(WORDS) > 0
    assert set(CLASSES) == {*RECORDS, *WORDS}
