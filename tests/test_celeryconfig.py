"""The one page of Celery numbers: only settings, JSON only, nothing longer than a redelivery."""

import runpy
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.app.defaults import NAMESPACES, flatten
from celery.exceptions import QueueNotFound
from celery.utils.time import rate
from kombu.transport.redis import Channel
from kombu.utils.scheduling import cycle_by_name

from orderdesk import broker
from orderdesk.core import backoff
from orderdesk.core.queues import ACCOUNT, QUEUE_OF, QUEUES, UPKEEP
from orderdesk.errors import NotYet, SettingsError, Transient
from orderdesk.exchanges.mexc.limits import PROFILES
from orderdesk.flows import collect, fate
from orderdesk.producing import COMMANDS
from orderdesk.settings_table import NAMES

PAGE = Path(__file__).parents[1] / "celeryconfig.py"
KNOWN = {name for name, _ in flatten(NAMESPACES)} | {"result_backend_thread_safe"}
"""Celery's settings; the last one it reads without listing it (celery 5.7, backends/base.py)."""

Load = Callable[..., dict[str, Any]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Read the page as a process would that has these variables and no others of ours."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def read(**variables: str) -> dict[str, Any]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        page = runpy.run_path(str(PAGE))
        return {name: value for name, value in page.items() if not name.startswith("_")}

    return read


@pytest.fixture
def app(load: Load) -> Iterator[Celery]:
    """Give a Celery app that is set up by the page."""
    with Celery("page", set_as_current=False) as app:
        app.conf.update(load())
        yield app


def test_page_when_read_then_every_public_name_is_a_setting_of_celery(load: Load) -> None:
    """Celery takes every other name for a setting and never says that it knows none such."""
    assert set(load()) - KNOWN == set()


def test_transport_when_given_options_then_kombu_reads_every_one_of_them(load: Load) -> None:
    """A misspelt option would be ignored, and a dead connection never noticed."""
    options = load()["broker_transport_options"]
    assert set(options) - set(Channel.from_transport_options) == set()
    assert 0 < options["socket_timeout"] < 10
    assert options["health_check_interval"] > 0


def test_broker_when_it_is_away_then_a_worker_waits_and_a_producer_does_not(app: Celery) -> None:
    """Workers try for ever, from the first second on; nobody blocks for ever on a connection."""
    conf = app.conf
    assert conf.broker_connection_retry_on_startup
    assert conf.broker_connection_max_retries is None
    assert 0 < conf.broker_pool_acquire_timeout <= 10
    assert 0 < conf.redis_socket_timeout <= 10
    assert app.backend.retry_policy["timeout"] <= 10
    assert sum(conf.task_publish_retry_policy.values()) < 5


def test_queues_when_named_in_an_order_then_kombu_serves_them_in_that_order(load: Load) -> None:
    """`-Q cancelling,placing` means that cancels go first, not that they take turns."""
    by_name: Callable[[str], Any] = cycle_by_name  # kombu ships no types
    strategy = by_name(load()["broker_transport_options"]["queue_order_strategy"])
    queues = strategy(["cancelling", "placing"])
    queues.rotate("cancelling")
    assert queues.consume(2) == ["cancelling", "placing"]


def test_worker_when_started_then_it_runs_threads_and_can_be_watched(load: Load) -> None:
    """Threads share one pool of result connections; Flower sees and steers; our logs stay ours."""
    page = load()
    assert page["worker_pool"] == "threads"
    assert page["result_backend_thread_safe"]
    assert page["worker_send_task_events"]
    assert page["worker_enable_remote_control"]
    assert not page["task_send_sent_event"]
    assert not page["worker_hijack_root_logger"]


def test_messages_when_sent_then_they_are_json_and_nothing_else_is_accepted(load: Load) -> None:
    """No pickle: a message must not be able to run code."""
    page = load()
    assert (page["task_serializer"], page["result_serializer"]) == ("json", "json")
    assert page["accept_content"] == ["json"]


def test_delivery_when_a_worker_dies_then_its_message_comes_again(load: Load) -> None:
    """Acknowledged late, one at a time, never cut, redelivered soon after the timeout."""
    page = load()
    assert page["task_acks_late"]
    assert page["task_reject_on_worker_lost"]
    assert page["worker_prefetch_multiplier"] == 1
    assert not page["worker_cancel_long_running_tasks_on_connection_loss"]
    options = page["broker_transport_options"]
    looking_s = options["unacked_restore_interval"] * options["unacked_restore_throttle"]
    assert looking_s + options["unacked_mutex_expire"] < options["visibility_timeout"]


@pytest.mark.parametrize("asked_ms", [None, 0, 3_600_000, 10**12])
@pytest.mark.parametrize("broken", [0, backoff.MAX_RETRIES - 1])
def test_countdown_when_an_error_waits_then_it_is_far_below_the_visibility_timeout(
    load: Load, asked_ms: int | None, broken: int
) -> None:
    """A longer countdown is delivered twice, whatever the other side asked for."""
    visible_ms = load()["broker_transport_options"]["visibility_timeout"] * 1_000
    errors = [Transient("broke", asked_ms), NotYet("early", asked_ms or 0)]
    for error in errors:
        wait_ms = fate.wait_ms(error, broken, backoff.MAX_RETRIES)
        assert wait_ms is not None
        assert 0 <= wait_ms <= visible_ms // 2


def test_countdown_when_it_is_a_constant_then_it_is_far_below_the_visibility_timeout(
    load: Load,
) -> None:
    """Every cap that may become a countdown, by name."""
    visible_ms = load()["broker_transport_options"]["visibility_timeout"] * 1_000
    caps = (
        backoff.CAP_MS,
        backoff.doubling_ms(10**6),
        fate.LONGEST_WAIT_MS,
        collect.AGAIN_MS,
    )
    assert all(0 < cap <= visible_ms // 2 for cap in caps)


def test_timeout_when_producers_share_the_broker_then_all_agree_on_it(load: Load) -> None:
    """The shortest visibility timeout on one Redis wins for everybody."""
    options = load()["broker_transport_options"]
    assert broker.REDIS_TRANSPORT["visibility_timeout"] == options["visibility_timeout"]


def test_queues_when_declared_then_they_are_those_of_the_desk(app: Celery) -> None:
    """Workers without -Q serve every queue, and nothing else."""
    assert tuple(app.amqp.queues) == QUEUES
    assert app.conf.task_default_queue == UPKEEP


@pytest.mark.parametrize(("task", "queue"), QUEUE_OF.items())
def test_routes_when_a_task_is_sent_then_celery_puts_it_where_the_table_says(
    app: Celery, task: str, queue: str
) -> None:
    """One table for workers and producers alike, asked through Celery's own router."""
    routed = app.amqp.router.route({}, task)["queue"]
    assert (routed.name, routed.routing_key) == (queue, queue)


def test_routes_when_a_queue_is_misspelt_then_it_is_an_error(app: Celery) -> None:
    """A queue that nobody serves is a place to get lost."""
    with pytest.raises(QueueNotFound, match="placng"):
        app.amqp.router.route({"queue": "placng"}, "place_order")


def test_beat_when_it_ticks_then_its_jobs_exist_and_old_ones_are_not_piled_up(load: Load) -> None:
    """Each job has a queue of its own kind, and one that is late is dropped, not queued."""
    jobs = load()["beat_schedule"].values()
    tasks = [job["task"] for job in jobs]
    assert set(tasks) == {
        "sync_time",
        "sweep_intents",
        "tend_kill",
        "watch_risk",
        "follow_open_orders",
        "reconcile",
        "sync_portfolio",
    }
    # A kill's sweep must not wait behind a question.
    assert {QUEUE_OF[task] for task in tasks if task != "tend_kill"} <= {UPKEEP, ACCOUNT}
    for job in jobs:
        assert job["schedule"] < job["options"]["expires"]


def test_beat_when_orders_may_be_stuck_then_the_sweep_is_the_most_frequent_job(load: Load) -> None:
    """Every second or two; time is measured well within the 30 s that an offset is good for."""
    page = load()
    every_s = {job["task"]: job["schedule"] for job in page["beat_schedule"].values()}
    assert every_s["sweep_intents"] == min(every_s.values()) <= 2
    assert every_s["sync_time"] * 2 < 30
    assert page["beat_max_loop_interval"] <= every_s["sweep_intents"]


@pytest.mark.parametrize("caps", PROFILES)
@pytest.mark.parametrize("workers", ["1", "8", "1000"])
@pytest.mark.parametrize("buffer", ["0.8", "1"])
def test_rate_limits_when_shared_by_the_declared_workers_then_together_they_keep_the_caps(
    load: Load, caps: str, workers: str, buffer: str
) -> None:
    """Per worker the cap's share, as Celery itself reads it; never nothing, never beyond."""
    page = load(ORDERDESK_CAPS=caps, ORDERDESK_WORKERS=workers, RATE_LIMIT_BUFFER=buffer)
    together = {
        task: rate(limit["rate_limit"]) * int(workers)
        for task, limit in page["task_annotations"].items()
    }
    orders = float(PROFILES[caps].orders_per_s * Fraction(buffer))
    requests = float(PROFILES[caps].requests_per_s * Fraction(buffer))
    assert together["place_order"] == pytest.approx(orders, rel=1e-4)
    assert sum(together.values()) == pytest.approx(requests, rel=1e-4)
    assert all(limit > 0 for limit in together.values())
    assert set(together) <= set(COMMANDS)
    assert not {"cancel_order", "cancel_all_orders", "kill_switch"} & set(together)


def test_rate_limits_when_a_number_of_the_caps_is_overridden_then_it_counts(load: Load) -> None:
    """Every number of a profile can be another one, and Celery's limits follow."""
    page = load(ORDERDESK_CAPS_NUMBERS="orders_per_s=5", RATE_LIMIT_BUFFER="1")
    assert page["task_annotations"]["place_order"] == {"rate_limit": "5/s"}


def test_page_when_the_environment_says_otherwise_then_it_is_heard(
    load: Load, tmp_path: Path
) -> None:
    """Redis and the desk's home come from the settings, and keys are not asked for."""
    page = load(
        REDIS_URL="redis://127.0.0.1:7777/3",
        ORDERDESK_HOME=str(tmp_path / "a desk"),
        EXECUTION_MODE="LIVE",
    )
    assert page["broker_url"] == "redis://127.0.0.1:7777/3"
    assert str(page["result_backend"]).endswith("+redis://127.0.0.1:7777/3")
    assert page["beat_schedule_filename"] == str(tmp_path / "a desk" / "run" / "beat-schedule")


def test_page_when_the_caps_have_no_such_profile_then_the_start_stops(load: Load) -> None:
    """A misspelt profile is named, with those there are."""
    with pytest.raises(SettingsError, match="mexc-2026-09") as caught:
        load(ORDERDESK_CAPS="mexc-1999")
    assert caught.value.name == "ORDERDESK_CAPS"


def test_results_when_stored_then_they_are_kept_a_day(load: Load) -> None:
    """A producer may fetch its report until tomorrow; arguments are not kept beside it."""
    page = load()
    assert page["result_expires"] == 86_400
    assert not page["result_extended"]
