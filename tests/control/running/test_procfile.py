"""Reading a Procfile."""

import pytest

from orderdesk.control.running.procfile import Process, parse
from orderdesk.errors import SettingsError


def test_parse_when_lines_are_in_order_then_names_and_words() -> None:
    """A line is a name and words as a shell would split them; comments and gaps are nothing."""
    text = "# a desk\n\nredis: python -m orderdesk redis\n  say: echo 'two words' a\\ b\n"
    assert parse(text) == (
        Process("redis", ("python", "-m", "orderdesk", "redis")),
        Process("say", ("echo", "two words", "a b")),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "names no process"),
        ("# nothing\n", "names no process"),
        ("redis python", "line 1"),
        ("a b: python", "line 1"),
        ("redis:", "line 1"),
        ("a: x\na: y", "line 2"),
        ("a: x\nb: 'unclosed", "line 2"),
    ],
)
def test_parse_when_a_line_is_wrong_then_it_is_named(text: str, what: str) -> None:
    """What cannot be read stops the start, and says where."""
    with pytest.raises(SettingsError, match=what):
        parse(text)


@pytest.mark.parametrize(
    ("words", "is_worker", "queues"),
    [
        ("python -m celery -A tasks worker -n a@%h -Q x,y -c 2", True, ("x", "y")),
        ("python -m celery -A tasks worker", True, ()),
        ("python -m celery -A tasks beat", False, ()),
        ("python -m celery -A tasks worker -Q", True, ()),
    ],
)
def test_process_when_it_is_celery_then_its_queues_are_known(
    words: str, is_worker: bool, queues: tuple[str, ...]
) -> None:
    """A worker can be asked whether it is there, and for which queues."""
    process = Process("a", tuple(words.split()))
    assert (process.is_worker, process.queues) == (is_worker, queues)
