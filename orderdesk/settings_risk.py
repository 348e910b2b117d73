"""The environment variables of risk and of the kill switch, and the part of `Settings` they fill.

What a limit means for an order stands in `core/risk/rules.py`; the policies' own numbers in
`core/risk/policies.py`. Defaults are the user's where the seeds have a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic import SecretStr

from orderdesk import settings_rules as rules
from orderdesk.core.risk.limits import Layer, RiskLimits
from orderdesk.core.risk.policies import POLICIES, Policy
from orderdesk.core.risk.triggers import TriggerLimits
from orderdesk.settings_variable import Secrecy, Variable

BY_POLICY = ("RISK_MIN_NOTIONAL", "RISK_MAX_NOTIONAL")
"""Where these say `policy`, the policy's own number counts."""

_AMOUNT_RULE = "an amount above 0, or none for no limit"
_WHOLE_RULE = "a whole number above 0, or none for no limit"


def _amount(name: str, default: str, meaning: str) -> Variable:
    return Variable(
        name=name,
        meaning=f"{meaning}; empty or none is no limit.",
        rule=_AMOUNT_RULE,
        default=default,
        read=rules.limit,
        field=name.lower(),
        empty="none",
    )


def _whole(name: str, default: str, meaning: str) -> Variable:
    return Variable(
        name=name,
        meaning=f"{meaning}; empty or none is no limit.",
        rule=_WHOLE_RULE,
        default=default,
        read=rules.whole_limit,
        field=name.lower(),
        empty="none",
    )


def _by_policy(name: str, meaning: str) -> Variable:
    return Variable(
        name=name,
        meaning=f"{meaning}; policy is the policy's number, empty or none is no limit.",
        rule=f"{_AMOUNT_RULE}, or policy for the policy's",
        default=rules.POLICY,
        read=rules.limit_or_policy,
        field=name.lower(),
        empty="none",
    )


LIMITS: tuple[Variable, ...] = (
    Variable(
        name="RISK_POLICY",
        meaning="Smallest and largest order, and how far stop-loss and take-profit lie.",
        rule="conservative, moderate or aggressive",
        default="moderate",
        read=rules.one_of({name.upper(): policy for name, policy in POLICIES.items()}),
        field="risk_policy",
    ),
    _by_policy("RISK_MIN_NOTIONAL", "Smaller orders are denied, in quote currency"),
    _by_policy("RISK_MAX_NOTIONAL", "Larger orders are denied, in quote currency"),
    Variable(
        name="RISK_SYMBOLS",
        meaning="The only symbols this desk trades, with commas between; empty or none is all.",
        rule="symbols with commas between, or none for all",
        default="none",
        read=rules.symbols,
        field="risk_symbols",
        empty="none",
    ),
    _whole("RISK_PRICE_MAX_AGE_MS", "5000", "How old the market's price may be, in ms"),
    _amount("RISK_PRICE_COLLAR_PCT", "5", "How far a price may lie beyond the market's, in %"),
    _whole("RISK_PORTFOLIO_MAX_AGE_MS", "120000", "How long ago positions may be valued, in ms"),
    _whole("RISK_COOLDOWN_MS", "none", "How long a symbol rests after each order, in ms"),
    _whole("RISK_MAX_ORDERS_PER_MIN", "none", "How many orders an account may open in a minute"),
    # MEXC spot v3 FAQ Q5, Jan 2026: 500 unfilled orders an account.
    _whole("RISK_MAX_OPEN_ORDERS", "500", "How many orders may rest or be in doubt"),
    _amount("RISK_MAX_POSITION", "none", "What one symbol's position may cost, in quote"),
    # The user's numbers: seed S5 L350-L352 and L366.
    _whole("RISK_MAX_OPEN_POSITIONS", "5", "How many symbols may have a position or an open buy"),
    _amount("RISK_MAX_EXPOSURE", "2000", "What all positions and open buys may cost, in quote"),
    _amount("RISK_MAX_DAILY_LOSS_PCT", "3", "What a UTC day may lose, in % of RISK_BASE_EQUITY"),
    _amount("RISK_BASE_EQUITY", "10000", "The equity that the daily loss is a share of, in quote"),
    Variable(
        name="RISK_LIMITS",
        meaning="Limits of single accounts and symbols, which win over those above, like "
        "`main max_exposure=500; main/BTCUSDT max_notional=50`.",
        rule="entries like `main/BTCUSDT max_notional=50` with semicolons between, or none",
        default="none",
        read=rules.scoped_limits,
        field="risk_limits",
    ),
    Variable(
        name="ORDERDESK_OPERATORS",
        meaning="Who may change limits at run time and act by HTTP, as NAME:HASH with commas "
        "between; `orderdesk limits token NAME` makes one.",
        rule="NAME:HASH with commas between (SHA-256 of the token, in hex), or none",
        default="none",
        read=rules.operators,
        field="operators",
        in_file=True,
    ),
    Variable(
        name="ORDERDESK_OPERATOR_TOKEN",
        meaning="The token of the person at the keyboard; never of the desk itself.",
        rule="printable ASCII without spaces",
        default="none",
        read=rules.secret_or_none,
        field="operator_token",
        secrecy=Secrecy.HIDDEN,
    ),
)

KILL_SWITCH: tuple[Variable, ...] = (
    # Seed S2 L199.
    _whole("KILL_FAILURES", "5", "Kill after so many orders in a row without an answer"),
    # Seed S5 L110 and L350.
    _amount("KILL_EXPOSURE", "2000", "Kill when more than this is at risk, at market prices"),
    _whole("KILL_ERROR_PCT", "10", "Kill when so many % of 20 attempts in five minutes broke"),
    _whole("KILL_DRIFT_SYNCS", "2", "Kill when so many syncs in a row find less than we booked"),
    _whole("DEADMAN_S", "none", "Kill after so many seconds without a sign of life"),
    Variable(
        name="KILL_FOREIGN",
        meaning="1: a kill cancels every order of the account, foreign ones too, which is quicker. "
        "0: ours alone, one by one.",
        rule="1 or 0",
        default="0",
        read=rules.yes_or_no,
        field="kill_foreign",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSettings:
    """The part of `Settings` that has to do with risk."""

    risk_policy: Policy
    risk_min_notional: Decimal | None
    risk_max_notional: Decimal | None
    risk_symbols: frozenset[str] | None
    risk_price_max_age_ms: int | None
    risk_price_collar_pct: Decimal | None
    risk_portfolio_max_age_ms: int | None
    risk_cooldown_ms: int | None
    risk_max_orders_per_min: int | None
    risk_max_open_orders: int | None
    risk_max_position: Decimal | None
    risk_max_open_positions: int | None
    risk_max_exposure: Decimal | None
    risk_max_daily_loss_pct: Decimal | None
    risk_base_equity: Decimal | None
    risk_limits: Mapping[tuple[str, str], Layer]
    operators: Mapping[str, str]
    operator_token: SecretStr
    kill_failures: int | None
    kill_exposure: Decimal | None
    kill_error_pct: int | None
    kill_drift_syncs: int | None
    deadman_s: int | None
    kill_foreign: bool

    @property
    def limits(self) -> RiskLimits:
        """The limits of every account and symbol that has none of its own."""
        names = (name for name in RiskLimits.__slots__)
        return RiskLimits(**{name: getattr(self, f"risk_{name}") for name in names})

    @property
    def triggers(self) -> TriggerLimits:
        """The figures at which the desk stops itself."""
        return TriggerLimits(
            failures=self.kill_failures,
            exposure=self.kill_exposure,
            error_pct=self.kill_error_pct,
            drift_syncs=self.kill_drift_syncs,
            deadman_ms=None if self.deadman_s is None else self.deadman_s * 1_000,
        )


def resolve_policy(values: dict[str, object]) -> None:
    """Put the policy's numbers where a variable leaves them to it."""
    policy = values["RISK_POLICY"]
    for name in BY_POLICY:
        if values[name] == rules.POLICY:
            values[name] = getattr(policy, name.removeprefix("RISK_").lower())
