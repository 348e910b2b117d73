"""Every error says what happens next, survives the queue, and stands in the drawn tree."""

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from celery import Celery

from orderdesk import errors
from orderdesk.errors import (
    DeskError,
    ExchangeDenied,
    Fate,
    IntentConflict,
    InvalidOrder,
    NotYet,
    OutcomeUnknown,
    Transient,
)

BRANCH = re.compile(
    r"^    (?P<indent>[│ ]*)(?:[├└]── )?(?P<name>[A-Z]\w+) +(?P<fate>fate|[A-Z]+)\b"
)


class Row(NamedTuple):
    """One class as the tree shows it."""

    name: str
    parent: str
    fate: str


def drawn() -> list[Row]:
    """Read the tree out of the module's docstring."""
    rows, path = [], {}
    for line in (errors.__doc__ or "").splitlines():
        if match := BRANCH.match(line):
            depth = match.start("name") // 4
            path[depth] = match["name"]
            rows.append(Row(match["name"], path.get(depth - 1, "Exception"), match["fate"]))
    return rows


def of_the_desk(root: type[DeskError] = DeskError) -> Iterator[type[DeskError]]:
    """Walk every class of the tree, depth first, in the order of their definition."""
    yield root
    for child in root.__subclasses__():
        # Tests may make classes of their own; the desk's all belong into the tree.
        if child.__module__.startswith("orderdesk"):
            yield from of_the_desk(child)


CLASSES = list(of_the_desk())
SAMPLES = {"retry_after_ms": 1_500}


def an_error(kind: type[DeskError]) -> DeskError:
    """Make an error of a kind with every detail filled in."""
    names = [
        name
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.kind is not inspect.Parameter.VAR_POSITIONAL
    ]
    details: list[Any] = [SAMPLES.get(name, f"the {name}") for name in names]
    return kind(*details)


def test_tree_when_drawn_then_it_holds_exactly_the_classes_that_exist() -> None:
    """Name, parent and order: the picture is the code."""
    real = [(kind.__name__, kind.__bases__[0].__name__) for kind in CLASSES]
    assert [(row.name, row.parent) for row in drawn()] == real


def test_tree_when_drawn_then_each_fate_is_the_one_that_the_class_has() -> None:
    """Nobody is retried who is said to be buried."""
    told = {row.name: row.fate for row in drawn() if row.name != "DeskError"}
    assert told == {kind.__name__: kind.fate for kind in CLASSES if kind is not DeskError}


@pytest.mark.parametrize("kind", CLASSES)
def test_error_when_raised_then_it_names_its_fate_and_its_meaning(kind: type[DeskError]) -> None:
    """A class without a fate or a docstring would leave the reader alone."""
    assert isinstance(kind.fate, Fate)
    assert kind.__doc__
    assert str(an_error(kind)) == an_error(kind).message == "the message"


@pytest.mark.parametrize("kind", CLASSES)
def test_error_when_carried_as_class_and_arguments_then_nothing_of_it_is_lost(
    kind: type[DeskError],
) -> None:
    """Celery carries errors as (class, args): all details must be among the arguments."""
    error = an_error(kind)
    again = kind(*json.loads(json.dumps(error.args)))
    assert vars(again) == vars(error)
    assert again.args == error.args
    details = [value for name, value in vars(error).items() if name != "message"]
    assert list(error.args) == ["the message", *details]


@pytest.mark.parametrize("kind", CLASSES)
def test_error_when_celery_stores_it_then_the_producer_gets_the_same_one(
    kind: type[DeskError],
) -> None:
    """The way through a JSON result backend is Celery's own code, not ours."""
    with Celery("errors", backend="cache+memory://", set_as_current=False) as app:
        error = an_error(kind)
        stored = app.backend.encode(app.backend.prepare_exception(error))
        fetched = app.backend.exception_to_python(app.backend.decode(stored))
    assert type(fetched) is kind
    assert (vars(fetched), str(fetched)) == (vars(error), str(error))


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if kind is not NotYet])
def test_error_when_made_with_a_message_alone_then_its_details_are_empty(
    kind: type[DeskError],
) -> None:
    """Details may be unknown; only NotYet is nothing without its time."""
    error = kind("broke")
    assert str(error) == "broke"
    assert not any(value for name, value in vars(error).items() if name != "message")


def test_not_yet_when_made_then_it_needs_its_time() -> None:
    """Work that is early and does not say until when could only be tried at random."""
    needed = inspect.signature(NotYet).parameters["retry_after_ms"]
    assert needed.default is inspect.Parameter.empty


def test_invalid_order_when_raised_then_it_is_a_value_error_too() -> None:
    """Whoever catches ValueError around a call catches a bad order, and a conflict."""
    with pytest.raises(ValueError, match="no"):
        raise InvalidOrder("no", "price", "0", "positive")
    assert issubclass(IntentConflict, ValueError)


def test_details_when_an_error_carries_them_then_they_have_names() -> None:
    """What a program needs to act on is an attribute, not a text to take apart."""
    invalid = InvalidOrder("m", "price", "0", "positive")
    assert (invalid.field, invalid.value, invalid.rule) == ("price", "0", "positive")
    unknown = OutcomeUnknown("m", "k", "t")
    assert (unknown.key, unknown.task_id) == ("k", "t")
    assert ExchangeDenied("m", "700002").code == "700002"
    assert NotYet("m", 5).retry_after_ms == Transient("m", 5).retry_after_ms == 5
    assert DeskError("m").retry_after_ms is None


def test_fates_when_the_promise_hangs_on_them_then_they_are_these() -> None:
    """An unknown outcome is asked, trouble that passes is retried, a bad command is buried."""
    assert OutcomeUnknown.fate is Fate.ASK
    assert {kind.fate for kind in of_the_desk(Transient)} == {Fate.RETRY}
    assert {kind.fate for kind in of_the_desk(InvalidOrder)} == {Fate.BURY}
    assert NotYet.fate is Fate.LATER
    assert ExchangeDenied.fate is Fate.HALT
