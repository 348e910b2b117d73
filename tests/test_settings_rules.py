"""Each value keeps its rule; the error names variable, value, rule and what to do."""

from pathlib import Path

import pytest

from orderdesk.errors import SettingsError
from orderdesk.settings import Settings

KEYS = {"MEXC_API_KEY": "k-123", "MEXC_API_SECRET": "s-123"}
LIVE = {"EXECUTION_MODE": "LIVE", **KEYS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXECUTION_MODE", "PAPER"),
        ("EXCHANGE", "BINANCE"),
        ("MEXC_RECV_WINDOW_MS", "999"),
        ("MEXC_RECV_WINDOW_MS", "5001"),
        ("MEXC_RECV_WINDOW_MS", "3_000"),
        ("MEXC_RECV_WINDOW_MS", "٣٠٠٠"),
        ("ORDERDESK_REDIS_PORT", "0"),
        ("ORDERDESK_SIMULATOR_PORT", "65536"),
        ("ORDERDESK_FLOWER_PORT", "-1"),
        ("ORDERDESK_FLOWER_PORT", "6390"),
        ("ORDERDESK_WORKERS", "0"),
        ("ORDERDESK_WORKERS", "1.5"),
        ("ORDERDESK_CAPS", "MEXC 2026"),
        ("ORDERDESK_CAPS_NUMBERS", "orders_per_s"),
        ("ORDERDESK_CAPS_NUMBERS", "orders_per_s=0"),
        ("ORDERDESK_CAPS_NUMBERS", "orders_per_s=8,orders_per_s=9"),
        ("ORDERDESK_SLEEP_BOUND_MS", "0"),
        ("ORDERDESK_LATE_MS", "4"),
        ("ORDERDESK_USE_ENVIRONMENT_PROXIES", "maybe"),
        ("RATE_LIMIT_BUFFER", "0"),
        ("RATE_LIMIT_BUFFER", "1.01"),
        ("RATE_LIMIT_BUFFER", "80%"),
        ("RATE_LIMIT_BUFFER", "1e999999999"),
        ("RISK_MIN_NOTIONAL", "0"),
        ("RISK_MIN_NOTIONAL", "251"),
        ("RISK_MAX_NOTIONAL", "-5"),
        ("RISK_MAX_NOTIONAL", "1e5"),
        ("RISK_MAX_NOTIONAL", "4"),
        ("DESK_ID", "My Desk"),
        ("DESK_ID", "d" * 33),
        ("LOG_LEVEL", "LOUD"),
        ("MEXC_SANDBOX", "perhaps"),
        ("MEXC_RATE_LIMIT_MS", "fast"),
        ("DATABASE_URL", "mysql://host/desk"),
        ("DATABASE_URL", "postgres://host/desk"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true"),
        ("DATABASE_URL", "ledger.db"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://host/zero"),
        ("REDIS_URL", "redis://host:99999/0"),
        ("REDIS_URL", "redis://[broken/0"),
        ("MEXC_BASE_URL", "api.mexc.com"),
    ],
)
def test_value_when_it_breaks_its_rule_then_the_error_says_all_there_is_to_know(
    name: str, value: str
) -> None:
    """Nothing is clamped, guessed or ignored."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    error = caught.value
    # Two settings may break a rule together; either of them is named.
    assert error.name
    assert f"{error.name}={error.value}: must be {error.rule}" in str(error)
    assert name in str(error)


@pytest.mark.parametrize("value", ["has space", "schlüssel", "line\nbreak"])
def test_secret_when_it_cannot_stand_in_a_header_then_the_error_does_not_show_it(
    value: str,
) -> None:
    """A secret is never in an error, not even a wrong one."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({**LIVE, "MEXC_API_SECRET": value})
    assert caught.value.name == "MEXC_API_SECRET"
    assert "printable ASCII" in str(caught.value)
    assert value not in repr(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://:hun/ter2@host:6379/0"),
        ("REDIS_URL", "redis://:hun@ter2@host/x"),
        ("REDIS_URL", "redis://:hunter2@host:port/0"),
        ("REDIS_URL", "redis://host/0?password=hunter2"),
        ("DATABASE_URL", "postgresql://desk:hun/ter2@host/desk"),
        ("DATABASE_URL", "mysql://desk:hunter2@host/desk?password=hunter2"),
    ],
)
def test_url_when_it_is_wrong_then_the_error_hides_its_password(name: str, value: str) -> None:
    """The most likely mistake in a URL is its password."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert caught.value.name == name
    assert "hun" not in repr(caught.value)
    assert "ter2" not in repr(caught.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://contract.mexc.com", "futures host"),
        ("https://CONTRACT.mexc.com/", "futures host"),
        ("http://api.mexc.com", "without TLS"),
        ("https://api.mexc.com/api/v3", "no path"),
        ("https://me@api.mexc.com", "no path, user"),
        (r"http://127.0.0.1\@api.mexc.com", "no path, user"),
        ("http://127.0.0.1:80@api.mexc.com", "no path, user"),
        ("https://api.mexc.com?x=1", "query"),
        ("https://api.mexc.com:99999", "out of range"),
    ],
)
def test_base_url_when_it_is_not_a_spot_api_then_the_reason_is_given(url: str, said: str) -> None:
    """Orders go to one host, and encrypted."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({**LIVE, "MEXC_BASE_URL": url})
    assert caught.value.name == "MEXC_BASE_URL"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000", "http://127.9.9.9"]
)
def test_base_url_when_on_loopback_then_both_modes_take_it(url: str) -> None:
    """An independent server on this host can stand in for MEXC."""
    assert Settings.from_environment({"MEXC_BASE_URL": url}).base_url == url
    assert Settings.from_environment({**LIVE, "MEXC_BASE_URL": url + "/"}).base_url == url
    assert not Settings.from_environment({"MEXC_BASE_URL": url}).starts_simulator


@pytest.mark.parametrize("url", ["https://api.mexc.com", "https://localhost.example.com"])
def test_base_url_when_beyond_loopback_in_test_mode_then_the_start_stops(url: str) -> None:
    """TEST makes no call beyond this host, whatever else is set."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({**KEYS, "MEXC_BASE_URL": url})
    assert "on loopback while EXECUTION_MODE is TEST" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:////srv/desk/l.db", "sqlite:////srv/desk/l.db"),
        ("sqlite:///l.db?timeout=5", f"sqlite:///{Path.cwd()}/l.db?timeout=5"),
        ("sqlite+pysqlite:///a/l.db", f"sqlite+pysqlite:///{Path.cwd()}/a/l.db"),
        ("postgresql+psycopg://u:p@db:5432/desk", "postgresql+psycopg://u:p@db:5432/desk"),
    ],
)
def test_database_url_when_it_is_relative_then_it_becomes_absolute(given: str, meant: str) -> None:
    """A worker started elsewhere opens the same ledger."""
    assert Settings.from_environment({"DATABASE_URL": given}).database_url == meant


def test_home_when_it_begins_with_a_tilde_then_it_is_the_users() -> None:
    """Environment files do not expand ~, and a folder called ~ is nobody's wish."""
    assert Settings.from_environment({"ORDERDESK_HOME": "~/desk"}).home == Path.home() / "desk"
    with pytest.raises(SettingsError, match="names nobody"):
        Settings.from_environment({"ORDERDESK_HOME": "~no-such-user-here/desk"})


def test_redis_url_when_given_then_the_desk_starts_no_server() -> None:
    """Who names a Redis means that one."""
    settings = Settings.from_environment({"REDIS_URL": "rediss://cache.example.com"})
    assert settings.redis_url == "rediss://cache.example.com"
    assert not settings.starts_redis


def test_simulator_host_when_it_is_a_bare_name_then_test_mode_goes_there() -> None:
    """Containers find each other by bare names, which no network but their own knows."""
    settings = Settings.from_environment({"ORDERDESK_SIMULATOR_HOST": "simulator"})
    assert settings.base_url == "http://simulator:8790"
    assert not settings.starts_simulator


@pytest.mark.parametrize("host", ["api.mexc.com", "10.0.0.5", "simulator.", "2130706433", "a:1"])
def test_simulator_host_when_others_could_be_meant_then_the_start_stops(host: str) -> None:
    """A name with a dot, or an address, may be anybody's."""
    with pytest.raises(SettingsError, match="ORDERDESK_SIMULATOR_HOST"):
        Settings.from_environment({"ORDERDESK_SIMULATOR_HOST": host})


def test_base_url_when_it_is_another_bare_name_then_test_mode_does_not_go_there() -> None:
    """Only the simulator's own host is let in beside loopback."""
    environ = {"ORDERDESK_SIMULATOR_HOST": "simulator", "MEXC_BASE_URL": "http://proxy:8790"}
    with pytest.raises(SettingsError, match="on loopback while EXECUTION_MODE is TEST"):
        Settings.from_environment(environ)


def test_base_url_when_a_bare_name_lacks_tls_in_live_then_the_start_stops() -> None:
    """Real orders do not cross even a private network in the clear."""
    keys = {"MEXC_API_KEY": "key", "MEXC_API_SECRET": "secret", "EXECUTION_MODE": "LIVE"}
    with pytest.raises(SettingsError, match="without TLS"):
        Settings.from_environment({**keys, "MEXC_BASE_URL": "http://proxy:8790"})
    live = Settings.from_environment({**keys, "ORDERDESK_SIMULATOR_HOST": "simulator"})
    assert live.base_url == "https://api.mexc.com"
