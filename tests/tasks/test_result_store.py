"""What a producer is told of its order is about the order, never about the telling."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.exceptions import Reject
from kombu.exceptions import OperationalError

from orderdesk.errors import NotInTime
from orderdesk.stores.embedded_redis import RunningRedis, running_redis

pytestmark = [
    pytest.mark.processes,
    # Celery 5.7 stores results with a command that redis-py 8.1 calls deprecated.
    pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    """Run a server of this file's own."""
    with running_redis(tmp_path_factory.mktemp("results")) as server:
        yield server


@pytest.fixture
def app(redis_server: RunningRedis) -> Celery:
    """Give an app with the store that celeryconfig names."""
    return Celery("told", backend=f"tasks.result_store:ResultStore+{redis_server.url}")


def _tell(app: Celery, task_id: str, task: str, error: Exception) -> str:
    context = SimpleNamespace(task=task, id=task_id, errbacks=None, chord=None)
    app.backend.mark_as_failure(task_id, error, request=context, call_errbacks=False)
    return str(app.backend.get_state(task_id))


@pytest.mark.parametrize(
    "trouble",
    [
        ConnectionResetError("closed"),
        OperationalError("no broker"),
        Reject("its retry could not be published", requeue=False),
    ],
)
def test_order_when_only_its_result_could_not_be_stored_then_its_producer_hears_no_failure(
    app: Celery, trouble: Exception
) -> None:
    """The order may be placed: the result stays missing, and the sweep stores the true one."""
    assert _tell(app, f"order-{type(trouble).__name__}", "place_order", trouble) == "PENDING"


def test_order_when_redis_itself_breaks_then_its_producer_hears_no_failure(app: Celery) -> None:
    """redis-py's own errors are no OSError; they are trouble with the telling all the same."""
    closed = app.backend.connection_errors[0]("closed by server")
    assert _tell(app, "order-redis", "place_order", closed) == "PENDING"


def test_order_when_the_desk_says_that_it_failed_then_its_producer_hears_it(app: Celery) -> None:
    """What the desk decides is stored."""
    assert _tell(app, "order-late", "place_order", NotInTime("too late")) == "FAILURE"


def test_question_when_its_result_could_not_be_stored_then_its_producer_need_not_wait(
    app: Celery,
) -> None:
    """Nobody stores the result of a question again, so the error is the answer."""
    state = _tell(app, "question", "poll_order_status", ConnectionResetError("closed"))
    assert state == "FAILURE"
