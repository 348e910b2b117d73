"""A venue, as the desk needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from orderdesk.core.answers import Answer, Balance, ExchangeOrder, Fill, Refused, Rights
from orderdesk.core.markets import Market, Size
from orderdesk.core.tokens import Cost


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What goes on the wire, already fitted to the market."""

    symbol: str
    client_order_id: str
    size: Size


class Exchange(Protocol):
    """One venue, seen from one lane. Every request but `place` waits for its slot by itself.

    Questions raise `ExchangeUnreachable` (no usable answer: asking again is safe),
    `ExchangeRefused` (a no; `.code`), `ExchangeDenied` (key, signature, IP) or `NotYet`
    (no slot is near). `place` never raises for what the venue says: it returns an `Answer`.
    """

    place_cost: Cost
    """What `place` takes; book it before stamping."""

    def place(self, order: NewOrder, *, stamp_ms: int, window_ms: int, send_by_ms: int) -> Answer:
        """Send one order once, signed with exactly `stamp_ms`, or not at all.

        `send_by_ms` is on the monotonic clock of this process: if the first byte cannot
        leave by then, nothing is sent and the answer is `Unsent`.
        """

    def test_order(self, order: NewOrder) -> Refused | None:
        """Have the venue check an order without placing it; None means it would be taken."""

    def cancel(self, symbol: str, client_order_id: str) -> bool:
        """Cancel by client id. True: taken. False: the venue knows no such open order."""

    def cancel_by_order_id(self, symbol: str, order_id: str) -> bool:
        """Cancel by the exchange's id; the answer means the same as `cancel`'s."""

    def cancel_open(self, symbol: str) -> None:
        """Cancel everything open on a symbol, foreign orders too."""

    def cancel_everything(self) -> None:
        """Cancel everything open on the account, foreign orders too."""

    def order(self, symbol: str, client_order_id: str) -> ExchangeOrder | None:
        """Look one order up by client id; None means "does not exist" *or not visible yet*."""

    def open_orders(self, symbol: str) -> Sequence[ExchangeOrder]:
        """Return everything open on a symbol (the venue caps it at 500 an account)."""

    def all_orders(self, symbol: str, since_ms: int) -> Sequence[ExchangeOrder]:
        """Return all orders created since, all pages of them, at most 7 days back."""

    def trades(self, symbol: str, since_ms: int) -> Sequence[Fill]:
        """Return all our trades since, all pages of them, at most a month back."""

    def balances(self) -> Sequence[Balance]:
        """Return every asset the account holds."""

    def uid(self) -> str | None:
        """Return the venue's own number of the account this key trades for; None if it does
        not tell.
        """

    def rights(self) -> Rights:
        """Return what the account may do, as far as the venue tells."""

    def allowed_symbols(self) -> frozenset[str] | None:
        """Return the symbols this key may trade; None if the venue does not tell."""

    def time_ms(self) -> int:
        """Return the venue's own clock."""

    def ping(self) -> None:
        """Reach the venue, or raise."""

    def markets(self) -> Mapping[str, Market]:
        """Return every symbol's rules, with what this key may trade."""

    def last_price(self, symbol: str) -> Decimal:
        """Return the last traded price, Decimal, in quote per base."""
