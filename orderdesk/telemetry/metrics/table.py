"""Every metric there is, in one table: name, kind, meaning, labels. docs/metrics.md is held to it.

Names without `orderdesk_` are the user's: `execution_` from seed S1 (L575-L601), `levibot_` from
S3 (L146), `levi_` from S5 (L217-L219). Every label has a bounded set of values (`labels.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Prometheus' kinds of metrics, as far as the desk uses them."""

    COUNTER = "counter"
    """Only rises, whichever process dies."""
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Merge(StrEnum):
    """What becomes of one gauge told by several processes; the words are prometheus-client's."""

    SUM = "livesum"
    """All living processes together."""
    NEWEST = "livemostrecent"
    """What a living process said last."""
    HIGHEST = "max"
    """The highest ever said, by the dead too."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; the unit is in its name, as Prometheus has it."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    merge: Merge | None = None
    """Only of a gauge that processes tell; the others are looked at when somebody scrapes."""

    @property
    def family(self) -> str:
        """The name without a counter's `_total`."""
        return self.name.removesuffix("_total")


S1_BUCKETS_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
"""The user's (S1 L584)."""

WAIT_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""From one round trip to Redis to the deadline that an order has by default."""

FENCE_BUCKETS_S = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 25.0, 30.0, 60.0, 300.0)
"""Around W + d + L, about 24 s with the defaults (design, protocol point 8)."""


def _counter(name: str, meaning: str, *labels: str) -> Metric:
    return Metric(name, Kind.COUNTER, meaning, labels)


def _gauge(name: str, meaning: str, *labels: str, merge: Merge | None = None) -> Metric:
    return Metric(name, Kind.GAUGE, meaning, labels, merge=merge)


def _histogram(name: str, meaning: str, *labels: str, buckets: tuple[float, ...]) -> Metric:
    return Metric(name, Kind.HISTOGRAM, meaning, labels, buckets)


ORDERS_PLACED = _counter(
    "execution_orders_placed_total",
    "Orders by how they ended: one each, when its end is known. `status` is the last word: "
    "FILLED, PARTIALLY_CANCELED, CANCELED, REJECTED, DENIED or EXPIRED_UNSENT.",
    *("symbol", "side", "status"),
)
ORDER_DURATION = _histogram(
    "execution_order_duration_seconds",
    "From taking an order in to knowing that the exchange has it.",
    buckets=S1_BUCKETS_S,
)
API_ERRORS = _counter(
    "execution_api_errors_total",
    "Requests to the exchange that got no usable yes: MEXC's own code, HTTP_<status> where there "
    "is none, NO_ANSWER, or UNSENT if provably nothing left. Not found is an answer.",
    "error_code",
)
TOTAL_EXPOSURE = _gauge(
    "execution_total_exposure_usd",
    "What is held, at what it cost, and what open orders may still buy, in quote (USDT).",
)
OPEN_POSITIONS = _gauge(
    "execution_open_positions_count", "Symbols of which more than dust is held."
)

EVENTS = _counter(
    "orderdesk_events_total",
    "What the desk has told, by the names of the audit trail (ORDER_NEW, DEAD_LETTER, …).",
    "kind",
)
STAGES = _histogram(
    "orderdesk_order_stage_seconds",
    "Where an order's time went. wait: from taking it in to its slot of the throttle (queue, rules "
    "and throttle). send: from there to the exchange's yes (writing down and the wire).",
    "stage",
    buckets=WAIT_BUCKETS_S,
)
FENCE_ENDS = ("found", "not_placed")
FENCE = _histogram(
    "orderdesk_fence_seconds",
    "How long an order without an answer stood open, from its stamp to the evidence. `end`: found, "
    "or proven not placed.",
    "end",
    buckets=FENCE_BUCKETS_S,
)
REQUESTS = _histogram(
    "orderdesk_exchange_request_seconds",
    "Requests to the exchange, from the first byte to the whole answer, by endpoint.",
    "endpoint",
    buckets=WAIT_BUCKETS_S,
)
THROTTLE_WAIT = _histogram(
    "orderdesk_throttle_wait_seconds",
    "How long a request waited for its slot of the shared throttle.",
    "lane",
    buckets=WAIT_BUCKETS_S,
)
THROTTLE_DEFERRED = _counter(
    "orderdesk_throttle_deferred_total",
    "Questions to the throttle to which no slot was near enough to be booked.",
    "lane",
)
CACHE_LOOKUPS = _counter(
    "orderdesk_cache_lookups_total",
    "Questions to a cache; a miss had to ask the exchange.",
    *("cache", "result"),
)
CLOCK_OFFSET = _gauge(
    "orderdesk_clock_offset_seconds",
    "The exchange's clock minus this host's wall clock, as last measured.",
    merge=Merge.NEWEST,
)
CLOCK_DOUBT = _gauge(
    "orderdesk_clock_doubt_seconds",
    "How far off the measured offset may be, either way.",
    merge=Merge.NEWEST,
)
CLOCK_MEASURED = _gauge(
    "orderdesk_clock_measured_timestamp_seconds",
    "When exchange time was last measured, by any host.",
    merge=Merge.HIGHEST,
)
OUTCOMES = ("done", "retry", "failed")
"""How a task's run ends; all three are told from the task's first run on."""
TASKS = _histogram(
    "orderdesk_task_seconds",
    "Runs of Celery tasks, by how they ended: done, retry (that includes waiting for a slot), "
    "failed.",
    *("task", "outcome"),
    buckets=WAIT_BUCKETS_S,
)
TASK_DONE = _gauge(
    "orderdesk_task_done_timestamp_seconds",
    "When a task last ran to its end.",
    "task",
    merge=Merge.HIGHEST,
)
PUBLISHED = _counter(
    "orderdesk_messages_published_total", "Messages that workers and beat put on queues.", "task"
)
STARTS = _counter(
    "orderdesk_process_starts_total",
    "Starts of workers, their children, beat and the HTTP side: more than were asked for are "
    "restarts.",
    "kind",
)
PROCESSES = _gauge(
    "orderdesk_processes",
    "Workers, their children, beat and the HTTP side, as far as they are alive now.",
    "kind",
    merge=Merge.SUM,
)
SINK_MISSED = _counter(
    "orderdesk_sink_missed_total",
    "Events that a broken sink (log, audit file, event stream) was not told; the ledger has them.",
    "sink",
)

COUNTED = (
    *(ORDERS_PLACED, ORDER_DURATION, API_ERRORS, EVENTS, STAGES, FENCE, REQUESTS, THROTTLE_WAIT),
    *(THROTTLE_DEFERRED, CACHE_LOOKUPS, CLOCK_OFFSET, CLOCK_DOUBT, CLOCK_MEASURED, TASKS),
    *(TASK_DONE, PUBLISHED, STARTS, PROCESSES, SINK_MISSED),
)
"""What processes tell as it happens."""

ALIAS_ORDERS_S3 = _counter(
    "levibot_exec_orders_total",
    "S3's name: orders by how they ended; ok (placed), error (REJECTED) or blocked (DENIED, "
    "EXPIRED_UNSENT).",
    *("exchange", "status", "type"),
)
ALIAS_ORDERS_S5 = _counter(
    "levi_orders_total",
    "S5's name for execution_orders_placed_total.",
    *("status", "symbol", "side"),
)
COUNTED_ALIASES = (ALIAS_ORDERS_S3, ALIAS_ORDERS_S5)
"""Told only where ORDERDESK_METRICS_ALIASES is 1."""

ORDERS = _gauge("orderdesk_orders", "Orders that have not ended, by state.", "status")
DOUBT_AGE = _gauge(
    "orderdesk_doubt_age_seconds",
    "How long ago the oldest order in doubt (UNKNOWN, QUARANTINED) was stamped; 0: there is none.",
)
DEAD_LETTERS = _gauge("orderdesk_dead_letters", "Dead letters that wait for a person.")
QUEUE = _gauge("orderdesk_queue_messages", "Messages that wait in a queue.", "queue")
QUEUE_AGE = _gauge(
    "orderdesk_queue_age_seconds",
    "How long the order that is next to be placed has waited since it was taken in; 0: none does.",
)
INTAKE_AGE = _gauge(
    "orderdesk_intake_age_seconds",
    "How long the oldest command in the intake has waited for its row in the ledger; 0: none does.",
)
PAUSE = _gauge(
    "orderdesk_pause_seconds",
    "How long nothing is sent, because the venue asked for it.",
    "account",
)
POOL_USED = _gauge(
    "orderdesk_pool_used",
    "Units that a pool of the throttle gave in the venue's span (1 s or 10 s) that ends now; for "
    "moments a little above orderdesk_pool_cap, never above the venue's own cap.",
    "pool",
)
POOL_CAP = _gauge(
    "orderdesk_pool_cap",
    "What the desk uses of that pool in a span: the venue's cap × RATE_LIMIT_BUFFER.",
    "pool",
)
KILL = _gauge("orderdesk_kill_switch", "1 while the kill switch is engaged.")
KILL_UNVERIFIED = _gauge(
    "orderdesk_kill_unverified", "1 while it is engaged and not yet proven that nothing is open."
)
LOOKS_FIRST = _gauge(
    "orderdesk_looks_before_sending",
    "1 while the desk may have forgotten orders, and looks for each before it sends it.",
)
DRIFT_SYNCS = _gauge(
    "orderdesk_drift_syncs",
    "Syncs in a row that found less of a coin than our fills bought.",
    "account",
)
DRIFT_ASSETS = _gauge(
    "orderdesk_drift_assets",
    "Assets whose balance was not what our fills say at the last sync.",
    "account",
)
POSITION = _gauge(
    "orderdesk_position_usd", "What is held of a symbol, at what it cost, in quote.", "symbol"
)
RESERVED = _gauge("orderdesk_reserved_usd", "What open orders may still buy, in quote.", "account")
REALISED = _gauge(
    "orderdesk_realised_usd", "Profit (below 0: loss) of what was sold, over all time.", "account"
)
UNREALISED = _gauge(
    "orderdesk_unrealised_usd", "What selling all at the last known prices would gain.", "account"
)
RISK_USED = _gauge(
    "orderdesk_risk_used",
    "How much of a limit is in use: RISK_MAX_EXPOSURE and RISK_MAX_DAILY_LOSS_PCT in quote, "
    "RISK_MAX_OPEN_ORDERS and RISK_MAX_OPEN_POSITIONS counted.",
    *("account", "limit"),
)
RISK_LIMIT = _gauge(
    "orderdesk_risk_limit", "The limit itself, as it holds now.", *("account", "limit")
)
UP = _gauge("orderdesk_part_up", "1 if ledger and redis answered this scrape.", "part")
BUILD = _gauge("orderdesk_build_info", "1; what runs is in the labels.", *("version", "mode"))

LOOKED = (
    *(TOTAL_EXPOSURE, OPEN_POSITIONS, ORDERS, DOUBT_AGE, DEAD_LETTERS, QUEUE, QUEUE_AGE),
    *(INTAKE_AGE, PAUSE, POOL_USED, POOL_CAP, KILL, KILL_UNVERIFIED, LOOKS_FIRST, DRIFT_SYNCS),
    *(DRIFT_ASSETS, POSITION, RESERVED, REALISED, UNREALISED, RISK_USED, RISK_LIMIT, UP, BUILD),
)
"""What is looked at when somebody scrapes."""

ALIAS_KILL_S5 = _gauge("levi_kill_switch", "S5's name: 1 while it is engaged, and why.", "reason")
ALIAS_POSITION_S5 = _gauge(
    "levi_position_notional", "S5's name for orderdesk_position_usd.", "symbol"
)
LOOKED_ALIASES = (ALIAS_KILL_S5, ALIAS_POSITION_S5)

BY_NAME: Mapping[str, Metric] = {
    m.name: m for m in (*COUNTED, *LOOKED, *COUNTED_ALIASES, *LOOKED_ALIASES)
}
