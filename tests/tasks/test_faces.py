"""Two faces, one desk: `tasks` in the checkout and `orderdesk.client` anywhere."""

import inspect

import pytest

import tasks
from orderdesk import client
from orderdesk.contracts import Command
from orderdesk.core.queues import QUEUE_OF
from orderdesk.errors import InvalidOrder
from orderdesk.producing import COMMANDS, keyword_fields

LINES_A_TASK = 5


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_call_when_offered_by_both_faces_then_name_arguments_and_queue_are_the_same(
    name: str,
) -> None:
    """A producer may change the import and nothing else."""
    task, handle = getattr(tasks, name), getattr(client, name)
    assert task.name == handle.name == name
    assert tasks.app.conf.task_routes[name] == {"queue": QUEUE_OF[name]}
    assert client.producer().app.conf.task_routes[name] == {"queue": QUEUE_OF[name]}
    assert issubclass(COMMANDS[name], Command)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_call_when_the_field_is_wrong_then_both_faces_say_the_same(name: str) -> None:
    """Both check before anything is queued, with the same words."""
    said = []
    for face in (tasks, client):
        with pytest.raises(InvalidOrder) as caught:
            getattr(face, name).delay(no_such_field="1")
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "no_such_field" in said[0]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_call_when_given_by_position_then_both_faces_ask_for_names(name: str) -> None:
    """Two amounts can change places; names cannot."""
    for face in (tasks, client):
        with pytest.raises(InvalidOrder, match="by name"):
            getattr(face, name).delay("BTCUSDT", "BUY")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_call_when_it_is_about_one_order_then_that_may_be_given_by_position(name: str) -> None:
    """`poll_order_status.delay(key)`: one name, and nothing that it could be taken for."""
    if name in ("cancel_order", "poll_order_status"):
        assert keyword_fields(name, ("k-1",), {"until": "closed"}) == {
            "order": "k-1",
            "until": "closed",
        }
        with pytest.raises(InvalidOrder, match="by name"):
            keyword_fields(name, ("k-1",), {"order": "k-2"})
    else:
        with pytest.raises(InvalidOrder, match="by name"):
            keyword_fields(name, ("k-1",), {})


def test_tasks_when_registered_then_every_one_has_a_queue_and_every_queue_entry_a_task() -> None:
    """The table of queues and the registered tasks are one list."""
    registered = {name for name in tasks.app.tasks if not name.startswith("celery.")}
    assert registered == set(QUEUE_OF)


def test_tasks_when_read_then_none_takes_a_decision() -> None:
    """The face is thin: a docstring and a few lines, no branch."""
    for name in QUEUE_OF:
        source = inspect.getsource(tasks.app.tasks[name].run)
        body = source.split('"""')[2]
        lines = [line for line in body.splitlines() if line.strip()]
        assert len(lines) <= LINES_A_TASK, name
        assert not any(word in body for word in ("if ", "else", "try", "while ")), name
