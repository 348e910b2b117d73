# ruff: noqa: INP001 - scripts beside each other, not a package
"""The dashboards' panels, in tables: a title, one query or several, and what they show.

How they become Grafana's JSON is not here (`build.py`).
"""

from panel import Panel, per_s, quantile

ORDERS = (
    Panel(
        "Orders per minute",
        {
            "taken by the exchange": (
                '60 * sum(rate(orderdesk_events_total{kind="ORDER_NEW"}[$__rate_interval]))'
            ),
            "ended": f"60 * {per_s('execution_orders_placed_total')}",
        },
        "Acknowledged by the exchange, and ended in whatever way (S1 L608).",
    ),
    Panel(
        "How orders end",
        {"{{status}}": f"60 * {per_s('execution_orders_placed_total', 'status')}"},
        "Each order once, by its last word, a minute.",
    ),
    Panel(
        "Success rate",
        {
            "filled": (
                'sum(rate(execution_orders_placed_total{status="FILLED"}[5m])) '
                "/ sum(rate(execution_orders_placed_total[5m]))"
            )
        },
        "Filled of all that ended within five minutes (S1 L611).",
        "percentunit",
    ),
    Panel(
        "From order to exchange",
        {
            "19 of 20": quantile("execution_order_duration_seconds"),
            "half": quantile("execution_order_duration_seconds", share=0.5),
        },
        "Until the exchange has it (S1 L616); the goal is 1 s for 19 of 20.",
        "s",
    ),
    Panel(
        "Where the time goes",
        {"{{stage}}": quantile("orderdesk_order_stage_seconds", "stage")},
        "wait: queue, rules, throttle. send: writing down and the wire. 19 of 20.",
        "s",
    ),
    Panel(
        "Open orders by state",
        {"{{status}}": "orderdesk_orders"},
        "UNKNOWN and QUARANTINED should be 0.",
    ),
    Panel(
        "Orders in doubt: how long",
        {"oldest": "orderdesk_doubt_age_seconds"},
        "How long ago the oldest order without a known outcome was sent.",
        "s",
    ),
    Panel(
        "Unknown orders: until evidence",
        {"{{end}}": quantile("orderdesk_fence_seconds", "end")},
        "How long it took to find them, or to prove that they are not there. 19 of 20.",
        "s",
    ),
    Panel(
        "Alarms",
        {
            "{{kind}}": (
                'sum by (kind) (increase(orderdesk_events_total{kind=~"ORDER_UNKNOWN|LATE_EVIDENCE'
                '|DUPLICATE_ORDER|MISMATCH|DEAD_LETTER|VENUE_PAUSED|KILL_ENGAGED"}[5m]))'
            )
        },
        "What was told within five minutes.",
    ),
)

EXCHANGE = (
    Panel(
        "Requests per second",
        {
            "{{endpoint}}": per_s("orderdesk_exchange_request_seconds_count", "endpoint"),
        },
        "By endpoint; MEXC's caps are shared by all of them.",
        "reqps",
        width=12,
    ),
    Panel(
        "Answer times",
        {"{{endpoint}}": quantile("orderdesk_exchange_request_seconds", "endpoint")},
        "19 of 20 answers are faster.",
        "s",
        width=12,
    ),
    Panel(
        "API errors per minute",
        {"{{error_code}}": f"60 * {per_s('execution_api_errors_total', 'error_code')} > 0"},
        "MEXC's own code, HTTP's status, or no answer. An alert speaks at 10.",
    ),
    Panel(
        "Waiting for the throttle",
        {"{{lane}}": quantile("orderdesk_throttle_wait_seconds", "lane")},
        "Cancels and questions about unknown orders go before new orders. 19 of 20.",
        "s",
    ),
    Panel(
        "Caps in use",
        {"{{pool}}": "orderdesk_pool_used / orderdesk_pool_cap"},
        "Of what the desk uses of each cap (cap × buffer), at the moment of the scrape.",
        "percentunit",
    ),
    Panel(
        "Pause",
        {"{{account}}": "orderdesk_pause_seconds"},
        "How long nothing is sent, because the venue asked for it.",
        "s",
    ),
    Panel(
        "Cache hits",
        {
            "{{cache}}": (
                'sum by (cache) (rate(orderdesk_cache_lookups_total{result="hit"}'
                "[$__rate_interval])) "
                "/ sum by (cache) (rate(orderdesk_cache_lookups_total[$__rate_interval]))"
            )
        },
        "Questions that the exchange was not asked.",
        "percentunit",
    ),
    Panel(
        "Clock",
        {
            "offset": "orderdesk_clock_offset_seconds",
            "doubt": "orderdesk_clock_doubt_seconds",
        },
        "The exchange's clock minus this host's, and how far off that may be.",
        "s",
    ),
    Panel(
        "Exchange time measured",
        {"ago": "time() - orderdesk_clock_measured_timestamp_seconds"},
        "Beat measures every ten seconds.",
        "s",
    ),
)

MONEY = (
    Panel(
        "Exposure",
        {
            "exposure": "execution_total_exposure_usd",
            "{{limit}}": 'orderdesk_risk_limit{limit="RISK_MAX_EXPOSURE"}',
        },
        "Held at cost, and what open orders may still buy; and its limit.",
        "currencyUSD",
    ),
    Panel(
        "Limits in use",
        {"{{limit}}": "orderdesk_risk_used / orderdesk_risk_limit"},
        "1 is the limit: what would pass it is denied.",
        "percentunit",
    ),
    Panel(
        "Positions",
        {"{{symbol}}": "orderdesk_position_usd"},
        "At cost (S5 L224); symbols that are not listed stand together.",
        "currencyUSD",
    ),
    Panel(
        "Open positions",
        {"open": "execution_open_positions_count"},
        "Symbols of which more than dust is held.",
        shape="stat",
    ),
    Panel(
        "Profit and loss",
        {
            "realised": "sum(orderdesk_realised_usd)",
            "unrealised": "sum(orderdesk_unrealised_usd)",
        },
        "Over all time, and at the last known prices.",
        "currencyUSD",
    ),
    Panel(
        "Reserved",
        {"{{account}}": "orderdesk_reserved_usd"},
        "What open orders and orders in doubt may still buy.",
        "currencyUSD",
    ),
    Panel(
        "Kill switch",
        {
            "engaged": "orderdesk_kill_switch",
            "not proven": "orderdesk_kill_unverified",
        },
        "Its history (S5 L223); `not proven` until nothing can be open any more.",
    ),
    Panel(
        "Drift",
        {
            "{{account}}: assets": "orderdesk_drift_assets",
            "{{account}}: syncs": "orderdesk_drift_syncs",
        },
        "Where balances are not what our fills say. The goal is 0.",
    ),
    Panel(
        "Looks before it sends",
        {"in doubt": "orderdesk_looks_before_sending"},
        "1 while the desk may have forgotten orders; a first start is such a doubt, for a week.",
    ),
)

HEALTH = (
    Panel(
        "Parts",
        {"{{part}}": "orderdesk_part_up"},
        "1: it answered the last scrape.",
        shape="stat",
    ),
    Panel(
        "Processes",
        {"{{kind}}": "orderdesk_processes"},
        "Alive now.",
        shape="stat",
    ),
    Panel(
        "Version",
        {"{{version}} {{mode}}": "orderdesk_build_info"},
        "What runs.",
        shape="stat",
    ),
    Panel(
        "Starts",
        {"{{kind}}": "increase(orderdesk_process_starts_total[10m])"},
        "Within ten minutes; a process that dies is started again.",
    ),
    Panel("Queues", {"{{queue}}": "orderdesk_queue_messages"}, "Messages that wait."),
    Panel(
        "Waiting",
        {
            "next order": "orderdesk_queue_age_seconds",
            "intake": "orderdesk_intake_age_seconds",
        },
        "Since when the next order, and the oldest command without a row, have waited.",
        "s",
    ),
    Panel(
        "Dead letters",
        {"open": "orderdesk_dead_letters"},
        "They wait for a person.",
        shape="stat",
    ),
    Panel(
        "Task runs per second",
        {"{{task}}": per_s("orderdesk_task_seconds_count", "task")},
        "Every run, retries too.",
    ),
    Panel(
        "Task times",
        {"{{task}}": quantile("orderdesk_task_seconds", "task")},
        "19 of 20 runs are shorter.",
        "s",
    ),
    Panel(
        "Runs that failed or came again",
        {
            "{{task}} {{outcome}}": (
                "sum by (task, outcome) "
                '(rate(orderdesk_task_seconds_count{outcome!="done"}[5m])) > 0'
            )
        },
        "A retry may only have waited for its slot.",
    ),
    Panel(
        "Messages published per second",
        {"{{task}}": per_s("orderdesk_messages_published_total", "task")},
        "By workers and beat: wake-ups, retries and what beat runs.",
    ),
    Panel(
        "Last done",
        {"{{task}}": "time() - orderdesk_task_done_timestamp_seconds"},
        "How long ago each task last ran to its end.",
        "s",
    ),
)

DASHBOARDS = {
    "orders": ("Orders", ORDERS),
    "exchange": ("The exchange", EXCHANGE),
    "money": ("Money and risk", MONEY),
    "health": ("Health", HEALTH),
}
