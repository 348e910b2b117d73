"""One real Redis for all store tests; each test is a desk of its own on it."""

import uuid
from collections.abc import Iterator

import pytest
from redis import Redis

from orderdesk.stores.embedded_redis import RunningRedis, running_redis


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    """Run one server that no test may harm."""
    with running_redis(tmp_path_factory.mktemp("shared redis")) as server:
        yield server


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    """Run a server that the test may kill, fill and flush."""
    with running_redis(tmp_path_factory.mktemp("own redis")) as server:
        yield server


@pytest.fixture
def client(redis_server: RunningRedis) -> Iterator[Redis]:
    """Give a client of the shared server."""
    client = redis_server.client()
    yield client
    client.close()


@pytest.fixture
def desk_id() -> str:
    """Name a desk that no other test has."""
    return f"desk-{uuid.uuid4().hex[:12]}"
