"""What a producer may ask of the desk; checked at the call, and again in the worker."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from orderdesk.contracts.messages import Amount, Message
from orderdesk.core import order_ids
from orderdesk.core.markets import normalise_symbol
from orderdesk.core.orders import OrderType, Side

DEFAULT_VALID_FOR_MS = 60_000
DEFAULT_ACCOUNT = "main"

MOST_CANDLES = 50
"""The policy looks at 15; more only lengthen every message."""

LATEST_MS = 253_402_300_800_000
"""The year 10000: what lies beyond is no time but a slip of units."""

PositiveAmount = Annotated[Amount, Field(gt=0)]
Symbol = Annotated[str, BeforeValidator(lambda v: normalise_symbol(v) if isinstance(v, str) else v)]
Upper = BeforeValidator(lambda v: v.strip().upper() if isinstance(v, str) else v)
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
"""Printable ASCII without spaces: it is stored for ever, shown to people and hashed."""
Account = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Trace = Annotated[str, StringConstraints(max_length=128, pattern=r"^[!-~]*$")]


class Command(Message):
    """What every command carries.

    `idempotency_key` is the identity: the same key again is the same intent, never a
    second one. Without it `delay()` mints one before anything is published.
    `valid_for_ms` counts from the intake; `valid_until_ms` (Unix ms) is accepted instead.
    """

    account: Account = DEFAULT_ACCOUNT
    market: Literal["spot"] = "spot"
    idempotency_key: Key = Field(default_factory=order_ids.mint_key)
    key_minted: bool = False
    """True if the key was minted inside this very call, so that it cannot be a repeat."""
    valid_for_ms: Annotated[int, Field(gt=0, le=7 * 86_400_000)] = DEFAULT_VALID_FOR_MS
    valid_until_ms: Annotated[int, Field(gt=0, lt=LATEST_MS)] | None = None
    trace_id: Trace = ""
    intake_entry: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}-[0-9]{1,20}$")] | None = (
        None
    )
    """Where the command lies in the intake stream; its first part is Redis' time in ms."""

    def deadline_ms(self, received_ms: int) -> int:
        """Return the moment, in ms, after which the command must not be sent any more."""
        return self.valid_until_ms or received_ms + self.valid_for_ms

    @property
    def received_ms(self) -> int | None:
        """When the intake took it, by Redis' clock; None if it came past the intake."""
        return None if self.intake_entry is None else int(self.intake_entry.split("-")[0])

    def parameters(self) -> dict[str, str]:
        """Return what makes this command this command, as canonical text, for the hash."""
        wire = self.model_dump(mode="json", exclude_none=True, exclude=set(_NOT_PARAMETERS))
        return {name: str(value) for name, value in wire.items()}

    @property
    def parameter_hash(self) -> str:
        """The hash that tells a repeat from a conflict."""
        return order_ids.parameter_hash(self.parameters())

    @property
    def task_id(self) -> str:
        """The Celery task id: a pure function of account, key and parameters."""
        return order_ids.task_id(self.account, self.idempotency_key, self.parameter_hash)


_NOT_PARAMETERS = (
    "version",
    "idempotency_key",
    "key_minted",
    "valid_for_ms",
    "valid_until_ms",
    "trace_id",
    "intake_entry",
    "candles",
)

_TYPE_OF_TIME_IN_FORCE = {
    "IOC": OrderType.IMMEDIATE_OR_CANCEL,
    "FOK": OrderType.FILL_OR_KILL,
}


class Candle(Message):
    """One candle, in quote per base."""

    high: PositiveAmount
    low: PositiveAmount
    close: PositiveAmount


class PlaceOrder(Command):
    """Place one order.

    `quantity` is in base, `quote_quantity` (MARKET only) in quote, `price` in quote per base.
    MEXC has no timeInForce: `time_in_force="IOC"` or `"FOK"` on a LIMIT becomes the type.
    """

    symbol: Symbol
    side: Annotated[Side, Upper]
    type: Annotated[OrderType, Upper]
    quantity: PositiveAmount | None = None
    quote_quantity: PositiveAmount | None = None
    price: PositiveAmount | None = None
    candles: Annotated[tuple[Candle, ...], Field(max_length=MOST_CANDLES)] = ()
    """Oldest first; with them the policy's stop-loss and take-profit are computed and kept."""

    @model_validator(mode="before")
    @classmethod
    def _map_time_in_force(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or "time_in_force" not in fields:
            return fields
        fields = dict(fields)
        wanted = fields.pop("time_in_force")
        if wanted is None:
            return fields
        name, of_type = (str(text).strip().upper() for text in (wanted, fields.get("type", "")))
        if name == "GTC" and of_type in ("LIMIT", "LIMIT_MAKER"):
            return fields
        if name in _TYPE_OF_TIME_IN_FORCE and of_type in ("LIMIT", _TYPE_OF_TIME_IN_FORCE[name]):
            return {**fields, "type": _TYPE_OF_TIME_IN_FORCE[name]}
        raise ValueError(
            f"time_in_force={wanted!r} does not go with type={of_type!r}: "
            "use GTC, IOC or FOK with LIMIT, or leave it out"
        )

    @model_validator(mode="after")
    def _amounts_fit_the_type(self) -> Self:
        if self.type is OrderType.MARKET:
            if (self.quantity is None) == (self.quote_quantity is None):
                raise ValueError("a MARKET order takes either quantity or quote_quantity")
            if self.price is not None:
                raise ValueError("a MARKET order takes no price: leave it out, or use LIMIT")
            return self
        if self.quote_quantity is not None:
            raise ValueError(f"quote_quantity is for MARKET orders: give {self.type} a quantity")
        if self.quantity is None:
            raise ValueError(f"a {self.type} order needs a quantity")
        if self.price is None:
            raise ValueError(f"a {self.type} order needs a price")
        return self


class OrderCommand(Command):
    """A command about an order: `order` is its idempotency key or its client order id."""

    order: Key
    symbol: Symbol | None = None


class CancelOrder(OrderCommand):
    """Cancel one order, sent or not; the answer is the order's report afterwards."""


class CancelAllOrders(Command):
    """Cancel every order of this desk, on one symbol or on all."""

    symbol: Symbol | None = None


class PollOrderStatus(OrderCommand):
    """Ask the exchange for one order now.

    `until="closed"` follows it to its end, for at most `valid_for_ms`.
    """

    until: Literal["now", "closed"] = "now"


class ResolveOrder(OrderCommand):
    """Ask the exchange about one order whose outcome is unknown."""


class SyncPortfolio(Command):
    """Read balances and value them."""


class KillSwitch(Command):
    """Stop all sending now, and cancel what rests. Only a person releases it again."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    by: Annotated[str, StringConstraints(min_length=1, max_length=100)] = "a producer"


class Reconcile(Command):
    """Hold our orders and fills against the exchange's.

    Without more it looks at what happened since the last time, and a little before.
    """

    symbol: Symbol | None = None
    whole: bool = False
    """As far back as the exchange lists orders."""
    since_ms: Annotated[int, Field(ge=0, lt=LATEST_MS)] | None = None
    """Unix ms; what lies beyond the exchange's look-back is said in the report."""
