"""The one page of Celery numbers; every line that is not a default says why.

Facts behind them were measured with celery and kombu 5.7.0 and redis-py 8.1 in Nov 2026.
Names that are no settings start with an underscore: Celery takes every other name here
as a setting.
"""

from fractions import Fraction as _Fraction

from orderdesk.broker import is_rabbitmq as _is_rabbitmq
from orderdesk.broker import queues as _queues_on
from orderdesk.broker import transport as _transport
from orderdesk.client import PUBLISH_RETRIES as _PUBLISH_RETRIES
from orderdesk.core import queues as _queues
from orderdesk.exchanges.mexc.limits import profile as _profile
from orderdesk.settings import Settings as _Settings

_settings = _Settings.from_environment(needs_keys=False)  # keys are for the wiring

# --- broker and results: one Redis for both, or RabbitMQ as the broker; the ledger is the truth,
# so either may be lost
broker_url = _settings.broker_url
result_backend = f"tasks.result_store:ResultStore+{_settings.redis_url}"
broker_connection_retry_on_startup = True
broker_connection_max_retries = None  # the default gives up after 100 tries and the worker exits
broker_pool_acquire_timeout = 5  # the default blocks for ever when the pool is used up
broker_transport_options = _transport(broker_url)
if not _is_rabbitmq(broker_url):
    broker_transport_options |= {
        # Redelivery of a dead worker's message after this; every countdown stays far below it,
        # because a longer one would be delivered twice.
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,  # the default looks only every 100 s or so
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 60,  # a sweeper that died blocks the others for 300 s by default
        "queue_order_strategy": "priority",  # `-Q a,b` serves a before b
        "client_name": "orderdesk",
    }
result_expires = 24 * 3600  # results are kept a day, and stored again from the ledger
result_backend_thread_safe = True  # one pool per process instead of one per thread
result_extended = False  # arguments do not belong into the result's key
redis_socket_timeout = 5  # the default, 120 s, is longer than any order may wait
result_backend_transport_options = {"retry_policy": {"timeout": 5.0}}

# --- messages: JSON only, so that a message can be read and written in any language
task_serializer = "json"
result_serializer = "json"
accept_content = ["json"]
task_publish_retry_policy = dict(_PUBLISH_RETRIES)
task_send_sent_event = False  # every producer process would be a label in Flower's metrics

# --- delivery: acknowledge late, and let the ledger make repeats harmless
task_acks_late = True
task_reject_on_worker_lost = True
task_track_started = False
worker_prefetch_multiplier = 1  # a waiting order must not sit behind another in one worker
worker_eta_task_limit = 1000  # countdowns are held in memory; the default has no bound
worker_cancel_long_running_tasks_on_connection_loss = False  # never cut an order in flight
worker_enable_remote_control = True
worker_send_task_events = True  # Flower
worker_hijack_root_logger = False  # our own logging redacts secrets
worker_pool = "threads"  # timeouts live in the HTTP client; no child processes to lose
worker_concurrency = 16

# --- queues and routes
task_default_queue = _queues.UPKEEP
task_create_missing_queues = False  # a misspelt queue is an error, not a place to get lost
task_queues = _queues_on(broker_url)
task_routes = {name: {"queue": queue} for name, queue in _queues.QUEUE_OF.items()}

# --- limits per worker, as the second line behind the shared throttle: together the tasks that
# share a pool have the used part of its cap, divided by the declared workers. Celery's own limiter
# needs tasks/rate_limit_step.py to be real. Cancels have none: they are never held back by anything
# but the shared throttle, which puts them first.
_caps = _profile(_settings.caps, _settings.caps_numbers)
_orders_per_s = float(_Fraction(_caps.orders_per_s) * _settings.rate_limit_buffer)
_requests_per_s = float(_Fraction(_caps.requests_per_s) * _settings.rate_limit_buffer)
# At least a quarter of the requests is for questions, whatever the caps are.
_placed_per_s = min(_orders_per_s, _requests_per_s * 0.75)
_asked_per_s = _requests_per_s - _placed_per_s
task_annotations = {
    name: {"rate_limit": f"{rate / _settings.workers:g}/s"}
    for name, rate in {
        "place_order": _placed_per_s,
        "poll_order_status": _asked_per_s * 0.75,
        "sync_portfolio": _asked_per_s * 0.125,
        "reconcile": _asked_per_s * 0.125,
    }.items()
}

# --- beat; two beats do no harm: every job may run twice
beat_schedule_filename = str(_settings.home / "run" / "beat-schedule")
beat_max_loop_interval = 1
_DAY_S = 86_400.0
beat_schedule = {
    name: {
        "task": task,
        "schedule": every_s,
        "options": {"expires": every_s * 3, "ignore_result": True},
    }
    for name, task, every_s in (
        ("sweep what makes no progress", "sweep_intents", 1.0),
        ("go on with a kill", "tend_kill", 1.0),
        ("watch what is at risk", "watch_risk", 2.0),
        ("follow open orders", "follow_open_orders", 1.0),  # each symbol at its own pace
        ("measure exchange time", "sync_time", 10.0),
        ("read the portfolio", "sync_portfolio", 60.0),
        ("reconcile with the exchange", "reconcile", 300.0),
        ("reconcile all that it lists", "reconcile", _DAY_S),
    )
}
beat_schedule["reconcile all that it lists"]["kwargs"] = {"whole": True}
