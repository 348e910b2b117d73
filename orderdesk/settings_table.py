"""Every environment variable the desk knows, in one table, and the rule each value must keep.

Here: names, meanings, defaults. Not here: how a text becomes a value (`settings_rules.py`),
reading the environment and rules over several values (`settings.py`).
"""

from collections.abc import Mapping

from orderdesk import settings_http, settings_metrics, settings_risk, settings_sending
from orderdesk import settings_rules as rules
from orderdesk.settings_rules import Mode
from orderdesk.settings_variable import Secrecy, Variable

_NAME = r"[a-z0-9][a-z0-9_-]{0,31}"
_NAME_RULE = "1 to 32 of a-z, 0-9, _ and -, and begin with a letter or digit"
_KEY_RULE = "printable ASCII without spaces"
_PORT_RULE = "a port from 1 to 65535"
_ONE_OR_ZERO = "1 or 0"


def _port(name: str, *, meaning: str, default: str, field: str) -> Variable:
    return Variable(
        name=name,
        meaning=meaning,
        rule=_PORT_RULE,
        default=default,
        read=rules.whole(1, 65_535),
        field=field,
    )


def _name(name: str, meaning: str, default: str) -> Variable:
    return Variable(
        name=name,
        meaning=meaning,
        rule="1 to 100 printable ASCII characters without spaces",
        default=default,
        read=rules.matching(r"[!-~]{1,100}"),
        field=name.removeprefix("ORDERDESK_").lower(),
    )


_EXPLAINED = "Recognised and explained, but not used"

GROUPS: Mapping[str, tuple[Variable, ...]] = {
    "Mode": (
        Variable(
            name="EXECUTION_MODE",
            meaning="TEST trades with the simulator and calls no exchange beyond this host; "
            "LIVE trades with MEXC.",
            rule="TEST or LIVE",
            default="TEST",
            read=rules.one_of({mode.value: mode for mode in Mode}),
            field="mode",
        ),
        Variable(
            name="EXCHANGE",
            meaning="Another way to say the same: PAPER is TEST, MEXC is LIVE.",
            rule="PAPER (TEST) or MEXC (LIVE)",
            default="PAPER",
            read=rules.one_of({"PAPER": Mode.TEST, "MEXC": Mode.LIVE}),
        ),
        Variable(
            name="ORDERDESK_CONFIRM",
            meaning="`make run` in LIVE asks for the account's alias; with nobody at the keyboard "
            "it stands here.",
            rule=f"the account's alias ({_NAME_RULE}), or ask",
            default="ask",
            read=rules.matching(_NAME),
            field="confirm",
        ),
    ),
    "MEXC": (
        Variable(
            name="MEXC_API_KEY",
            meaning="The API key: may read and trade, never withdraw, bound to your IP. "
            "Required in LIVE.",
            rule=_KEY_RULE,
            default="paper-key",
            live="",
            read=rules.secret,
            field="api_key",
            aliases=("MEXC_KEY",),
            secrecy=Secrecy.HIDDEN,
        ),
        Variable(
            name="MEXC_API_SECRET",
            meaning="The key's secret. Required in LIVE.",
            rule=_KEY_RULE,
            default="paper-secret",
            live="",
            read=rules.secret,
            field="api_secret",
            aliases=("MEXC_SECRET", "MEXC_SECRET_KEY"),
            secrecy=Secrecy.HIDDEN,
        ),
        Variable(
            name="MEXC_BASE_URL",
            meaning="The spot API. In LIVE the default is https://api.mexc.com; "
            "in TEST it must be on loopback.",
            rule="https://host[:port], or http:// on loopback",
            default="http://{ORDERDESK_SIMULATOR_HOST}:{ORDERDESK_SIMULATOR_PORT}",
            live="https://api.mexc.com",
            read=rules.base_url,
            field="base_url",
        ),
        Variable(
            name="MEXC_RECV_WINDOW_MS",
            meaning="How long, in ms, MEXC takes an order after its stamp; none lands later.",
            # MEXC spot v3 docs, Jan 2026: default 5000, at most 60000.
            rule="from 1000 to 5000 ms (MEXC would take 60000, but every order without an "
            "answer must wait this long before it can be resolved)",
            default="3000",
            read=rules.whole(1_000, 5_000),
            field="recv_window_ms",
        ),
        Variable(
            name="ORDERDESK_USE_ENVIRONMENT_PROXIES",
            meaning="1: LIVE requests go through HTTPS_PROXY and the like; 0: they go straight.",
            rule=_ONE_OR_ZERO,
            default="0",
            read=rules.yes_or_no,
            field="use_environment_proxies",
        ),
    ),
    "Where things are": (
        Variable(
            name="ORDERDESK_HOME",
            meaning="Where the desk keeps its files; relative to where it is started.",
            rule="a path",
            default="var",
            read=rules.home,
            field="home",
        ),
        Variable(
            name="DESK_ID",
            meaning="The desk's name. An account belongs to one desk for ever.",
            rule=_NAME_RULE,
            default="desk",
            read=rules.matching(_NAME),
            field="desk_id",
        ),
        Variable(
            name="REDIS_URL",
            meaning="Queue, intake and throttle. Left out, the desk starts a server of its own.",
            rule="redis://[user:password@]host[:port][/number], or rediss:// for TLS",
            default="redis://127.0.0.1:{ORDERDESK_REDIS_PORT}/0",
            read=rules.redis_url,
            field="redis_url",
            secrecy=Secrecy.MASKED,
        ),
        Variable(
            name="BROKER_URL",
            meaning="Where Celery's messages are: redis is the one of REDIS_URL.",
            rule="redis, or RabbitMQ: amqp://[user:password@]host[:port]/[vhost], amqps:// for TLS",
            default="redis",
            read=rules.broker,
            field="broker",
            secrecy=Secrecy.MASKED,
        ),
        Variable(
            name="DATABASE_URL",
            meaning="The ledger: SQLite on one host, PostgreSQL for several (docs/scaling.md). "
            "In LIVE the default is ledger-live.db; relative to the start too.",
            rule="sqlite:///path/to/file or postgresql://user:password@host/name",
            default="sqlite:///{ORDERDESK_HOME}/ledger-paper.db",
            live="sqlite:///{ORDERDESK_HOME}/ledger-live.db",
            read=rules.database_url,
            field="database_url",
            secrecy=Secrecy.MASKED,
        ),
        _port(
            "ORDERDESK_REDIS_PORT",
            meaning="Port of the desk's own Redis server, on loopback.",
            default="6390",
            field="redis_port",
        ),
        Variable(
            name="ORDERDESK_SIMULATOR_HOST",
            meaning="Where TEST finds the simulator: this host, or a container's bare name, which "
            "only their own network knows.",
            rule="on loopback, or a name without a dot",
            default="127.0.0.1",
            read=rules.near_host,
            field="simulator_host",
        ),
        _port(
            "ORDERDESK_SIMULATOR_PORT",
            meaning="Port of the simulator.",
            default="8790",
            field="simulator_port",
        ),
        _port(
            "ORDERDESK_FLOWER_PORT",
            meaning="Port of Flower, the queue's web page.",
            default="5555",
            field="flower_port",
        ),
        Variable(
            name="ORDERDESK_FLOWER_AMOUNTS",
            meaning="1: Flower shows quantities, prices and reports; 0: only what kind of order "
            "it is.",
            rule=_ONE_OR_ZERO,
            default="0",
            read=rules.yes_or_no,
            field="flower_amounts",
        ),
    ),
    "Sending": settings_sending.SENDING,
    "Risk": settings_risk.LIMITS,
    "Kill switch": settings_risk.KILL_SWITCH,
    "HTTP": settings_http.HTTP,
    "Orders over Redis": (
        _name("ORDERDESK_ORDERS_CHANNEL", "Channel on which the bridge hears orders.", "orders"),
        _name("ORDERDESK_ORDERS_STREAM", "Stream from which it reads them.", "orders:in"),
        _name(
            "ORDERDESK_REPLIES_STREAM",
            "Stream that keeps its replies; they are told on the results' channel too.",
            "orders:replies",
        ),
        _name(
            "ORDERDESK_RESULTS_CHANNEL",
            "Channel on which results and position updates are told.",
            "order_results",
        ),
    ),
    "Logs": (
        Variable(
            name="LOG_LEVEL",
            meaning="How much is logged.",
            rule="DEBUG, INFO, WARNING, ERROR or CRITICAL",
            default="INFO",
            read=rules.one_of({w: w for w in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")}),
            field="log_level",
        ),
        Variable(
            name="LOG_FORMAT",
            meaning="json: an object a line; readable: for people; auto: readable on a terminal.",
            rule="auto, json or readable",
            default="auto",
            read=rules.one_of({word.upper(): word for word in ("auto", "json", "readable")}),
            field="log_format",
        ),
    ),
    "Metrics": settings_metrics.METRICS,
    _EXPLAINED: (
        Variable(
            name="MEXC_SANDBOX",
            meaning="MEXC has no sandbox; the simulator takes its place. Use EXECUTION_MODE=TEST.",
            rule=_ONE_OR_ZERO,
            default="false",
            read=rules.yes_or_no,
        ),
        Variable(
            name="MEXC_ENABLE",
            meaning="Only LIVE trades on MEXC. Use EXECUTION_MODE to turn it on or off.",
            rule=_ONE_OR_ZERO,
            default="true",
            read=rules.yes_or_no,
        ),
        Variable(
            name="MEXC_RATE_LIMIT_MS",
            meaning="A pause per process cannot hold a cap that all workers share. "
            "Use RATE_LIMIT_BUFFER and ORDERDESK_CAPS.",
            rule="a whole number of ms",
            default="50",
            read=rules.whole(0, 999_999_999),
        ),
    ),
}

TABLE: tuple[Variable, ...] = tuple(row for rows in GROUPS.values() for row in rows)
EXPLAINED = GROUPS[_EXPLAINED]
NAMES: Mapping[str, Variable] = {name: row for row in TABLE for name in row.names}
