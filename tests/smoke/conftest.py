"""Containers of our image for the smoke scenarios, by pytest-celery's own fixtures.

Its fixtures are named as they are there (broker, worker, setup); here stands what is ours: a
Redis that keeps what it accepts, a simulator, and a worker that runs our command in our image.
The image is built by ops/smoke.sh.
"""

from typing import Any

import pytest
from pytest_celery import (
    CeleryTestSetup,
    CeleryTestWorker,
    CeleryWorkerContainer,
    RedisContainer,
    RedisTestBroker,
)
from pytest_docker_tools import container, fxtr
from pytest_docker_tools.wrappers import Container

from orderdesk.client import Producer
from orderdesk.core.queues import QUEUES
from orderdesk.settings import Settings

IMAGE = "orderdesk:smoke"
READY_S = 120
NETWORK = "{default_pytest_celery_network.name}"
SIMULATE = ["python", "-m", "orderdesk", "simulate", "--host", "0.0.0.0", "--walk-ms", "0"]


class DeskRedis(RedisContainer):  # type: ignore[misc]  # pytest-celery's classes are not typed
    """Accepted means kept, in a container too."""

    @classmethod
    def command(cls, *args: str, **options: Any) -> list[str]:
        """Return the server's words; of two that say the same the last counts."""
        keeping = ("--appendonly", "yes", "--appendfsync", "always")
        return list(super().command(*keeping, *args, **options))


class DeskWorker(CeleryWorkerContainer):  # type: ignore[misc]  # see above
    """One worker for every queue, by the words of the Procfile."""

    @classmethod
    def worker_name(cls) -> str:
        """Return what stands before the @."""
        return "all"

    @classmethod
    def worker_queue(cls) -> str:
        """Return the queues it serves."""
        return ",".join(QUEUES)

    @classmethod
    def command(cls, *args: str, **_options: Any) -> list[str]:
        """Return what the container runs."""
        words = "python -m celery -A tasks worker -P threads -c 8 -E --without-gossip"
        named = ["-n", f"{cls.worker_name()}@%h", "-Q", cls.worker_queue()]
        return [*words.split(), "--without-mingle", *named, *args]


simulator = container(
    image=IMAGE,
    command=SIMULATE,
    environment={"EXECUTION_MODE": "TEST"},
    network=NETWORK,
    timeout=READY_S,
)

default_worker_container = container(
    image=IMAGE,
    command=fxtr("default_worker_command"),
    environment=fxtr("default_worker_env"),
    network=NETWORK,
    wrapper_class=DeskWorker,
    timeout=READY_S,
)


@pytest.fixture
def default_redis_broker_cls() -> type[RedisContainer]:
    """The Redis of the desk."""
    return DeskRedis


@pytest.fixture
def default_worker_container_cls() -> type[CeleryWorkerContainer]:
    """The worker of the desk."""
    return DeskWorker


@pytest.fixture
def celery_broker(celery_redis_broker: RedisTestBroker) -> RedisTestBroker:
    """One broker: the Redis that is queue, intake and results at once."""
    return celery_redis_broker


@pytest.fixture
def celery_backend_cluster() -> None:
    """No second server for results."""


@pytest.fixture
def default_worker_env(
    celery_broker_cluster_config: dict[str, Any], simulator: Container
) -> dict[str, str]:
    """What the worker's settings are, inside the network of the containers."""
    return {
        "EXECUTION_MODE": "TEST",
        "REDIS_URL": celery_broker_cluster_config["urls"][0],
        "ORDERDESK_SIMULATOR_HOST": simulator.attrs["Config"]["Hostname"],
    }


@pytest.fixture
def celery_setup_worker(
    default_worker_container: DeskWorker, celery_setup_app: Any
) -> CeleryTestWorker:
    """The worker as a node of the setup."""
    return CeleryTestWorker(container=default_worker_container, app=celery_setup_app)


@pytest.fixture
def producer(
    celery_setup: CeleryTestSetup, celery_broker_cluster_config: dict[str, Any]
) -> Producer:
    """A producer on this host, which reaches the same Redis by its published port."""
    assert celery_setup.ready(control=True)
    url = celery_broker_cluster_config["host_urls"][0]
    return Producer(Settings.from_environment({"REDIS_URL": url}, needs_keys=False))
