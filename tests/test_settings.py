"""The environment is read in one place, and a wrong value stops the start."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from orderdesk.errors import Fate, SettingsError
from orderdesk.settings import Mode, Settings

LIVE = {"EXECUTION_MODE": "LIVE", "MEXC_API_KEY": "mx0live", "MEXC_API_SECRET": "s3cr3t-live"}
load = Settings.from_environment


def refused(environ: Mapping[str, str]) -> SettingsError:
    """Return the error that stops the start."""
    with pytest.raises(SettingsError) as caught:
        load(environ)
    assert caught.value.fate is Fate.HALT
    return caught.value


def test_settings_when_nothing_is_set_then_the_desk_trades_with_its_own_simulator() -> None:
    """An empty environment is a whole paper desk on this host."""
    settings = load({})
    assert settings.mode is Mode.TEST
    assert settings.base_url == "http://127.0.0.1:8790"
    assert settings.api_key.get_secret_value() == "paper-key"
    assert settings.api_secret.get_secret_value() == "paper-secret"
    assert settings.redis_url == "redis://127.0.0.1:6390/0"
    assert settings.home == Path.cwd() / "var"
    assert settings.database_url == f"sqlite:///{Path.cwd()}/var/ledger-paper.db"
    assert (settings.recv_window_ms, settings.workers, settings.desk_id) == (3000, 1, "desk")
    assert settings.rate_limit_buffer == Fraction(4, 5)
    assert settings.risk_min_notional == Decimal(5)
    assert settings.risk_max_notional == Decimal(250)
    assert settings.starts_redis
    assert settings.starts_simulator
    assert settings.notices == ()


def test_settings_when_live_then_mexc_and_another_ledger_are_meant() -> None:
    """Paper and real orders never share a ledger."""
    settings = load(LIVE)
    assert settings.base_url == "https://api.mexc.com"
    assert settings.database_url.endswith("/var/ledger-live.db")
    assert not settings.starts_simulator


def test_settings_when_a_default_names_another_setting_then_it_follows_it() -> None:
    """Ports and home are said once."""
    settings = load(
        {
            "ORDERDESK_HOME": "/srv/my desk%1?",
            "ORDERDESK_REDIS_PORT": "7001",
            "ORDERDESK_SIMULATOR_PORT": "7002",
        }
    )
    assert settings.redis_url == "redis://127.0.0.1:7001/0"
    assert settings.base_url == "http://127.0.0.1:7002"
    assert settings.home == Path("/srv/my desk%1?")
    assert settings.database_url == "sqlite:////srv/my desk%251%3F/ledger-paper.db"


def test_settings_when_values_are_empty_then_they_are_as_if_not_set() -> None:
    """Compose passes what it does not know as empty text."""
    assert load({"MEXC_BASE_URL": "", "LOG_LEVEL": " ", "MEXC_API_KEY_FILE": ""}) == load({})


@pytest.mark.parametrize(
    ("environ", "mode"),
    [
        ({"EXECUTION_MODE": "test"}, Mode.TEST),
        ({"EXCHANGE": "PAPER"}, Mode.TEST),
        ({**LIVE, "EXCHANGE": "MEXC"}, Mode.LIVE),
        ({"MEXC_KEY": "k", "MEXC_SECRET": "s", "EXCHANGE": "mexc"}, Mode.LIVE),
    ],
)
def test_mode_when_said_either_way_then_it_is_the_same(
    environ: Mapping[str, str], mode: Mode
) -> None:
    """EXCHANGE is another name of EXECUTION_MODE."""
    assert load(environ).mode is mode


def test_mode_when_the_two_names_contradict_then_the_start_stops() -> None:
    """Which of two modes is meant is not guessed."""
    error = refused({**LIVE, "EXCHANGE": "PAPER"})
    assert "EXECUTION_MODE=LIVE and EXCHANGE=PAPER contradict" in str(error)


@pytest.mark.parametrize("name", ["MEXC_API_SECRET", "MEXC_SECRET", "MEXC_SECRET_KEY"])
def test_secret_when_given_under_any_name_then_it_is_taken(name: str, tmp_path: Path) -> None:
    """The user's documents have three names for it, and each may point to a file."""
    file = tmp_path / "a secret"
    file.write_text("from-a-file\n")
    keys = {"EXECUTION_MODE": "LIVE", "MEXC_KEY": "k"}
    assert load({**keys, name: "direct"}).api_secret.get_secret_value() == "direct"
    settings = load({**keys, f"{name}_FILE": str(file)})
    assert settings.api_secret.get_secret_value() == "from-a-file"
    assert ("MEXC_API_SECRET", "(set)", f"{name}_FILE") in settings.describe()


def test_secret_when_two_names_differ_then_the_start_stops_without_showing_them() -> None:
    """One of them is stale, and the desk cannot know which."""
    error = refused({**LIVE, "MEXC_SECRET_KEY": "another-one"})
    assert "MEXC_API_SECRET and MEXC_SECRET_KEY differ" in str(error)
    assert "s3cr3t-live" not in repr(error)
    assert "another-one" not in repr(error)
    assert load({**LIVE, "MEXC_SECRET_KEY": "s3cr3t-live"}).mode is Mode.LIVE


def test_keys_when_missing_in_live_then_only_a_producer_may_start() -> None:
    """A producer only queues, so it should not hold the keys."""
    error = refused({"EXECUTION_MODE": "LIVE"})
    assert "MEXC_API_KEY is not set, but LIVE needs it" in str(error)
    assert "MEXC_KEY" in str(error)
    producer = load({"EXECUTION_MODE": "LIVE"}, needs_keys=False)
    assert producer.api_key.get_secret_value() == ""
    assert ("MEXC_API_KEY", "(not set)", "default") in producer.describe()


@pytest.mark.parametrize("content", [None, b"", b"\n", "schlüssel".encode()])
def test_secret_when_its_file_is_unusable_then_the_error_names_variable_and_path(
    content: bytes | None, tmp_path: Path
) -> None:
    """A missing, empty or garbled file is no secret."""
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    error = refused({"MEXC_API_KEY_FILE": str(file)})
    assert error.name == "MEXC_API_KEY_FILE"
    assert f"MEXC_API_KEY_FILE={file}: must be a file" in str(error)


def test_secrets_when_settings_are_shown_then_they_are_not_among_it() -> None:
    """Neither repr nor describe gives a key or a password away."""
    settings = load(
        {
            **LIVE,
            "REDIS_URL": "rediss://desk:r%40dis-pass@cache:6379/1",
            "DATABASE_URL": "postgresql://desk:pg-pass@db/desk?sslpassword=tls-pass",
        }
    )
    hidden = {"mx0live", "s3cr3t-live", "r%40dis-pass", "r@dis-pass", "pg-pass", "tls-pass"}
    assert set(settings.secrets) == hidden
    shown = repr(settings) + str(settings) + repr(settings.describe())
    assert [text for text in hidden if text in shown] == []
    assert ("REDIS_URL", "rediss://***@cache:6379/1", "REDIS_URL") in settings.describe()


def test_describe_when_some_values_are_given_then_each_line_names_its_source() -> None:
    """An operator sees every variable once, and where its value came from."""
    lines = load({"RATE_LIMIT_BUFFER": "0.50", "EXCHANGE": "PAPER"}).describe()
    assert ("RATE_LIMIT_BUFFER", "0.50", "RATE_LIMIT_BUFFER") in lines
    assert ("EXCHANGE", "PAPER", "EXCHANGE") in lines
    assert ("EXECUTION_MODE", "TEST", "EXCHANGE") in lines
    assert ("ORDERDESK_WORKERS", "1", "default") in lines
    assert ("MEXC_SANDBOX", "(not set)", "default") in lines
    assert len({line.name for line in lines}) == len(lines)


def test_explained_names_when_set_then_each_has_its_notice() -> None:
    """What the user's documents set is never silently ignored."""
    settings = load({"MEXC_SANDBOX": "true", "MEXC_ENABLE": "false", "MEXC_RATE_LIMIT_MS": "50"})
    assert [notice.partition("=")[0] for notice in settings.notices] == [
        "MEXC_SANDBOX",
        "MEXC_ENABLE",
        "MEXC_RATE_LIMIT_MS",
    ]
    assert "no sandbox" in settings.notices[0]
    assert "EXECUTION_MODE" in settings.notices[1]
    assert "RATE_LIMIT_BUFFER" in settings.notices[2]


@pytest.mark.parametrize("wrong", [{"MEXC_SANDBOX": "true"}, {"MEXC_ENABLE": "0"}])
def test_live_when_another_variable_says_the_money_is_safe_then_the_start_stops(
    wrong: Mapping[str, str],
) -> None:
    """Who believes in a sandbox, or that MEXC is off, must not trade real money."""
    error = refused({**LIVE, **wrong})
    assert error.name in wrong
    assert "real money" in str(error)


def test_unknown_names_when_they_look_like_ours_then_a_notice_proposes_the_nearest() -> None:
    """A misspelt variable does nothing, and that is said, without its value."""
    settings = load({"MEXC_API_SECERT": "oops", "ORDERDESK_ZZ": "1", "PATH": "/bin"})
    first, second = settings.notices
    assert "MEXC_API_SECERT is not a setting" in first
    assert "did you mean MEXC_API_SECRET?" in first
    assert "oops" not in first
    assert "ORDERDESK_ZZ" in second


@pytest.mark.parametrize("none", ["", "none", "None"])
def test_risk_limit_when_empty_or_none_then_it_is_lifted_loudly(none: str) -> None:
    """No limit is a choice the user hears of at every start."""
    settings = load({"RISK_MAX_NOTIONAL": none})
    assert settings.risk_max_notional is None
    assert settings.risk_min_notional == Decimal(5)
    assert settings.notices == ("RISK_MAX_NOTIONAL is none: no such limit is held.",)


def test_proxies_when_in_test_mode_then_they_stay_off() -> None:
    """A proxy would carry a loopback call off this host."""
    settings = load({"ORDERDESK_USE_ENVIRONMENT_PROXIES": "1"})
    assert not settings.use_environment_proxies
    assert "ORDERDESK_USE_ENVIRONMENT_PROXIES" in settings.notices[0]
    assert load({**LIVE, "ORDERDESK_USE_ENVIRONMENT_PROXIES": "yes"}).use_environment_proxies
