"""The environment variables of metrics; what each metric means stands in docs/metrics.md."""

from orderdesk import settings_rules as rules
from orderdesk.settings_variable import Variable

METRICS: tuple[Variable, ...] = (
    Variable(
        name="ORDERDESK_METRICS_PORT",
        meaning="Port on which `orderdesk metrics` serves this host's metrics to Prometheus; "
        "none: not started.",
        rule="a port from 1 to 65535, or none",
        default="none",
        read=rules.port_or_none,
        field="metrics_port",
    ),
    Variable(
        name="ORDERDESK_METRICS_SYMBOLS",
        meaning="Symbols that metrics tell by name, with commas between; all others are told "
        "together as `other`.",
        rule="symbols with commas between, or none",
        default="BTCUSDT,ETHUSDT,SOLUSDT,XRPUSDT,DOGEUSDT,MXUSDT",
        read=rules.symbols,
        field="metrics_symbols",
        empty="none",
    ),
    Variable(
        name="ORDERDESK_METRICS_ALIASES",
        meaning="1: tell some metrics under their names of the seeds S3 and S5 too "
        "(levibot_…, levi_…).",
        rule="1 or 0",
        default="0",
        read=rules.yes_or_no,
        field="metrics_aliases",
    ),
)
