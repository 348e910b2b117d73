"""The only reader of the environment: variables in, one frozen `Settings` out.

The variables stand in `settings_table.py`, the rule of each single value in
`settings_rules.py`; here are the order of reading and the rules over several values.
A wrong value stops the start; what is recognised but not used becomes a notice. A `.env`
file is not read: whoever starts the desk (a shell, compose) puts it into the environment.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from orderdesk.errors import SettingsError
from orderdesk.settings_given import Given, find
from orderdesk.settings_risk import RiskSettings, resolve_policy
from orderdesk.settings_rules import WITHOUT_TLS, Mode, in_url, is_loopback
from orderdesk.settings_table import EXPLAINED, NAMES, TABLE
from orderdesk.settings_variable import Secrecy, Variable

__all__ = ["Mode", "Settings", "Shown"]

_DEFAULT = "default"
_BEGINNINGS = ("ORDERDESK_", "MEXC_", "RISK_", "KILL_")
"""An unknown variable that begins so was meant for us; the user hears of it."""


class Shown(NamedTuple):
    """One setting as people may see it; `source` is the variable it came from, or `default`."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(RiskSettings):
    """Everything that may differ between two desks; built by `from_environment`."""

    mode: Mode
    confirm: str
    api_key: SecretStr
    """Empty only if `needs_keys` was False."""
    api_secret: SecretStr
    base_url: str
    recv_window_ms: int
    use_environment_proxies: bool
    home: Path
    desk_id: str
    redis_url: str = field(repr=False)
    broker: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_port: int
    simulator_host: str
    simulator_port: int
    flower_port: int
    flower_amounts: bool
    http_port: int
    http_per_min: int
    readers: Mapping[str, str]
    workers: int
    caps: str
    caps_numbers: Mapping[str, int]
    """Other numbers than the profile's, by the name of a cap or an endpoint."""
    rate_limit_buffer: Fraction
    sleep_bound_ms: int
    late_ms: int
    orders_channel: str
    orders_stream: str
    replies_stream: str
    results_channel: str
    log_level: str
    log_format: str
    metrics_port: int | None
    metrics_symbols: frozenset[str] | None
    metrics_aliases: bool
    notices: tuple[str, ...] = ()
    """What the user should hear at start, one sentence each."""
    shown: tuple[Shown, ...] = field(default=(), repr=False)

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, *, needs_keys: bool = True
    ) -> Self:
        """Read every setting. `needs_keys=False` is for producers, which should hold no keys.

        Raises:
            SettingsError: naming the variable, its value (never a secret's), the rule, and
                what to do.
        """
        environ = os.environ if environ is None else environ
        given = {row.name: found for row in TABLE if (found := find(row, environ))}
        mode = _mode(given)
        if "EXCHANGE" in given:
            given.setdefault("EXECUTION_MODE", Given(mode.value, "EXCHANGE"))
        values, texts = _read_all(given, mode, needs_keys=needs_keys)
        resolve_policy(values)
        for check in (_stays_on_this_host, _live_is_meant, _ports_differ, _limits_in_order):
            check(values)
        notices = (*_notices(given, values), *_unknown(environ))
        values["ORDERDESK_USE_ENVIRONMENT_PROXIES"] &= mode is Mode.LIVE
        fields = {row.field: values[row.name] for row in TABLE if row.field}
        return cls(**fields, notices=notices, shown=tuple(_shown(texts, values)))

    def describe(self) -> list[Shown]:
        """Return every variable with its value and source; secrets are only said to be set."""
        return list(self.shown)

    @property
    def broker_url(self) -> str:
        """Where Celery's messages are, as a URL."""
        return self.redis_url if self.broker == "redis" else self.broker

    @property
    def starts_redis(self) -> bool:
        """True if nobody named a Redis server, so that the desk runs one of its own."""
        return self._is_default("REDIS_URL")

    @property
    def starts_simulator(self) -> bool:
        """True if TEST mode is to talk to the desk's own simulator."""
        named = ("MEXC_BASE_URL", "ORDERDESK_SIMULATOR_HOST")
        return self.mode is Mode.TEST and all(self._is_default(name) for name in named)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be logged: key, secret, and the passwords in URLs."""
        found = [self.api_key.get_secret_value(), self.api_secret.get_secret_value()]
        found.append(self.operator_token.get_secret_value())
        for url in (self.redis_url, self.broker_url, self.database_url):
            parts = urlsplit(url)
            found += [parts.password or "", unquote(parts.password or "")]
            found += [value for name, value in parse_qsl(parts.query) if "pass" in name.lower()]
        return tuple(dict.fromkeys(text for text in found if text))

    def _is_default(self, name: str) -> bool:
        return any(line.name == name and line.source == _DEFAULT for line in self.shown)


_Values = dict[str, Any]


def _mode(given: Mapping[str, Given]) -> Mode:
    said = {name: _read(NAMES[name], given[name]) for name in _MODES if name in given}
    if len(set(said.values())) > 1:
        told = " and ".join(f"{name}={given[name].text}" for name in said)
        message = (
            f"{told} contradict each other: set one of them, or TEST with PAPER, LIVE with MEXC."
        )
        raise SettingsError(message, _MODES[0], given[_MODES[0]].text, "the same mode")
    return next(iter(said.values()), Mode.TEST)


_MODES = ("EXECUTION_MODE", "EXCHANGE")


def _read_all(
    given: Mapping[str, Given], mode: Mode, *, needs_keys: bool
) -> tuple[_Values, dict[str, Given]]:
    """Return every value and the text it came from, both by the variable's name."""
    values: _Values = {}
    texts: dict[str, Given] = {}
    # Defaults that are made of other settings come last.
    for row in sorted(TABLE, key=lambda row: "{" in row.default):
        text = given.get(row.name) or Given(_default(row, mode, values), _DEFAULT)
        if text.text:
            values[row.name] = _read(row, text)
        elif needs_keys:
            raise _missing(row)
        else:
            values[row.name] = SecretStr("")
        texts[row.name] = text
    return values | dict.fromkeys(_MODES, mode), texts


def _default(row: Variable, mode: Mode, values: _Values) -> str:
    template = row.default if mode is Mode.TEST or row.live is None else row.live
    return template.format_map({name: in_url(value) for name, value in values.items()})


def _missing(row: Variable) -> SettingsError:
    message = f"{row.name} is not set, but LIVE needs it: set one of {', '.join(row.names)}."
    return SettingsError(message, row.name, "", row.rule)


def _read(row: Variable, given: Given) -> Any:
    try:
        return row.read(given.text)
    except ValueError as error:
        why = f"; {error}" if str(error) else ""
        raise _wrong(row, given, why) from None


def _wrong(row: Variable, given: Given, why: str) -> SettingsError:
    shown = row.shown(given.text)
    plain = row.secrecy is Secrecy.OPEN and "{" not in row.default
    default = f" for {row.default}" if plain else ""
    message = f"{given.source}={shown}: must be {row.rule}{why}."
    what = f"Correct it, or leave it out{default}."
    return SettingsError(f"{message} {what}", given.source, shown, row.rule)


def _stays_on_this_host(values: _Values) -> None:
    url = values["MEXC_BASE_URL"]
    if is_loopback(url):
        return
    if values["EXECUTION_MODE"] is Mode.LIVE:
        if url.startswith("http:"):
            rule = "https:// in LIVE, unless it is on loopback"
            message = f"MEXC_BASE_URL={url}: must be {rule}; {WITHOUT_TLS}."
            raise SettingsError(message, "MEXC_BASE_URL", url, rule)
    elif urlsplit(url).hostname != values["ORDERDESK_SIMULATOR_HOST"].lower():
        rule = "on loopback while EXECUTION_MODE is TEST, which calls nobody beyond this host"
        what = "Leave it out to use the simulator, or set EXECUTION_MODE=LIVE to trade."
        message = f"MEXC_BASE_URL={url}: must be {rule}. {what}"
        raise SettingsError(message, "MEXC_BASE_URL", url, rule)


def _live_is_meant(values: _Values) -> None:
    if values["EXECUTION_MODE"] is Mode.TEST:
        return
    for name, value in (("MEXC_SANDBOX", True), ("MEXC_ENABLE", False)):
        if values[name] is value:
            text = str(value).lower()
            rule = f"{str(not value).lower()} or left out while EXECUTION_MODE is LIVE"
            what = f"{NAMES[name].meaning} LIVE trades with real money."
            raise SettingsError(f"{name}={text}: must be {rule}. {what}", name, text, rule)


def _ports_differ(values: _Values) -> None:
    owners: dict[int, str] = {}
    for name in (row.name for row in TABLE if row.name.endswith("_PORT")):
        port = values[name]
        if port in owners:
            rule = f"another port than {owners[port]}"
            raise SettingsError(f"{name}={port}: must be {rule}.", name, str(port), rule)
        owners[port] = name


def _limits_in_order(values: _Values) -> None:
    low, high = values["RISK_MIN_NOTIONAL"], values["RISK_MAX_NOTIONAL"]
    if low is not None and high is not None and low > high:
        rule = f"at most RISK_MAX_NOTIONAL, which is {high}"
        message = f"RISK_MIN_NOTIONAL={low}: must be {rule}; as it is, every order is denied."
        raise SettingsError(message, "RISK_MIN_NOTIONAL", str(low), rule)


def _notices(given: Mapping[str, Given], values: _Values) -> Iterator[str]:
    for row in EXPLAINED:
        if row.name in given:
            yield f"{row.name}={given[row.name].text} is not used. {row.meaning}"
    for name in ("RISK_MIN_NOTIONAL", "RISK_MAX_NOTIONAL"):
        if values[name] is None:
            yield f"{name} is none: no such limit is held."
    if values["ORDERDESK_USE_ENVIRONMENT_PROXIES"] and values["EXECUTION_MODE"] is Mode.TEST:
        yield "ORDERDESK_USE_ENVIRONMENT_PROXIES has no effect: TEST goes nowhere through a proxy."


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(set(environ) - set(NAMES)):
        if name.startswith(_BEGINNINGS):
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.7)
            hint = f"did you mean {near[0]}?" if near else "nothing here has a similar name."
            # Its value is not shown: this may be a secret under a misspelt name.
            yield f"{name} is not a setting of the desk and does nothing; {hint}"


def _shown(texts: Mapping[str, Given], values: _Values) -> Iterator[Shown]:
    for row in TABLE:
        text, value = texts[row.name], values[row.name]
        if not row.field and text.source == _DEFAULT:
            yield Shown(row.name, "(not set)", _DEFAULT)
        else:
            # Paths and URLs are shown as they were understood, the rest as it was written.
            understood = row.field and isinstance(value, str | Path)
            told = str(value) if understood else text.text
            yield Shown(row.name, row.shown(told), text.source)
