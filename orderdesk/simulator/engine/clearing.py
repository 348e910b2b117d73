"""What a fill does to money: reserves, balances, fees, trade records.

For every asset the sum over all accounts, house and fee pot included, never changes.

Fees: maker 0, taker 0.0005 by default (MEXC default spot fees; ccxt 4.5.90, Oct 2026). A sell
pays in quote, out of what it receives. For a buy no source fixes the asset ("as reported":
quote, base or MX), so most symbols take quote, on top of the cost and reserved with it, and one
takes base, out of what is received. A client has to read `commissionAsset`.
"""

from dataclasses import dataclass
from decimal import Decimal

from orderdesk.simulator.engine.accounts import FEES, HOUSE
from orderdesk.simulator.engine.amounts import ZERO
from orderdesk.simulator.engine.instruments import Instrument
from orderdesk.simulator.engine.ledger import Ledger
from orderdesk.simulator.engine.orders import Order, Side, Trade


@dataclass(frozen=True, slots=True)
class Fill:
    """One account's half of a fill; `against` is the other order, None when the house stood there.

    Times are ms; `quantity` is base.
    """

    order: Order
    against: Order | None
    price: Decimal
    quantity: Decimal
    is_maker: bool
    now_ms: int

    @property
    def cost(self) -> Decimal:
        """Give the quote amount of the fill, exactly."""
        return self.price * self.quantity


class Clearing:
    """Books reserves and fills of one symbol into the ledger."""

    def __init__(self, instrument: Instrument, ledger: Ledger) -> None:
        """Work for this instrument on this ledger."""
        self._instrument = instrument
        self._ledger = ledger

    def reserve_for(self, order: Order) -> Decimal:
        """Give what an order must have free to be accepted: base to sell, quote to buy.

        A buy reserves for the worst: all of it taken, at its price, with the taker's fee.
        """
        if order.side is Side.SELL:
            return order.quantity
        return order.quote_quantity * self._with_fee(order, is_maker=False)

    def free_for(self, order: Order) -> Decimal:
        """Give what the order's account has free of the asset to reserve."""
        return self._ledger.account(order.account).balance(self._reserved_asset(order)).free

    def reserve(self, order: Order) -> None:
        """Lock what the order needs.

        Raises:
            Overdrawn: it was not asked first whether that is free.
        """
        asset = self._reserved_asset(order)
        amount = self.reserve_for(order)
        self._ledger.account(order.account).lock(asset, amount)
        self._ledger.note_balance(order.account, asset)
        order.locked += amount

    def release(self, order: Order) -> None:
        """Give back what the order no longer needs: all when it ended, the excess when it rests."""
        excess = order.locked - (self._still_needed(order) if order.is_open else ZERO)
        if excess == ZERO:
            return
        asset = self._reserved_asset(order)
        self._ledger.account(order.account).unlock(asset, excess)
        self._ledger.note_balance(order.account, asset)
        order.locked -= excess

    def book(self, fill: Fill) -> None:
        """Book a fill for both sides: order, balances, fee, trade record."""
        self._book_half(fill)
        if fill.against is None:
            self._book_house(fill)
            return
        other = Fill(
            fill.against, fill.order, fill.price, fill.quantity, not fill.is_maker, fill.now_ms
        )
        self._book_half(other)

    def _book_half(self, fill: Fill) -> None:
        order, account = fill.order, self._ledger.account(fill.order.account)
        fee_asset, fee = self._fee(fill)
        if order.side is Side.BUY:
            in_base = fee_asset == self._instrument.base
            spent = fill.cost + (ZERO if in_base else fee)
            received = fill.quantity - (fee if in_base else ZERO)
            received_asset = self._instrument.base
        else:
            spent, received = fill.quantity, fill.cost - fee
            received_asset = self._instrument.quote
        account.spend_locked(self._reserved_asset(order), spent)
        account.credit(received_asset, received)
        self._ledger.account(FEES).credit(fee_asset, fee)
        order.locked -= spent
        order.executed += fill.quantity
        order.executed_quote += fill.cost
        self._note_both_assets(order.account)
        self._ledger.note_balance(FEES, fee_asset)
        self._record(fill, fee_asset=fee_asset, fee=fee)

    def _book_house(self, fill: Fill) -> None:
        house = self._ledger.account(HOUSE)
        sign = 1 if fill.order.side is Side.BUY else -1
        house.credit(self._instrument.quote, sign * fill.cost)
        house.credit(self._instrument.base, -sign * fill.quantity)
        self._note_both_assets(HOUSE)

    def _record(self, fill: Fill, *, fee_asset: str, fee: Decimal) -> None:
        order, against = fill.order, fill.against
        sequence = self._ledger.next_sequence()
        self._ledger.note_trade(
            Trade(
                trade_id=f"{sequence:018d}",
                sequence=sequence,
                order_id=order.order_id,
                client_order_id=order.client_order_id,
                account=order.account,
                symbol=order.symbol,
                side=order.side,
                price=fill.price,
                quantity=fill.quantity,
                quote_quantity=fill.cost,
                commission=fee,
                commission_asset=fee_asset,
                time_ms=fill.now_ms,
                hidden_until_ms=order.hidden_until_ms,
                is_maker=fill.is_maker,
                is_self_trade=against is not None and against.account == order.account,
            )
        )

    def _fee(self, fill: Fill) -> tuple[str, Decimal]:
        rate = self._rate(fill.order, is_maker=fill.is_maker)
        if fill.order.side is Side.BUY and self._instrument.buy_fee_in_base:
            return self._instrument.base, fill.quantity * rate
        return self._instrument.quote, fill.cost * rate

    def _rate(self, order: Order, *, is_maker: bool) -> Decimal:
        account = self._ledger.account(order.account)
        return account.maker_rate if is_maker else account.taker_rate

    def _with_fee(self, order: Order, *, is_maker: bool) -> Decimal:
        in_base = self._instrument.buy_fee_in_base
        return 1 + (ZERO if in_base else self._rate(order, is_maker=is_maker))

    def _still_needed(self, order: Order) -> Decimal:
        rest = order.quantity - order.executed
        if order.side is Side.SELL:
            return rest
        return rest * order.price * self._with_fee(order, is_maker=True)

    def _reserved_asset(self, order: Order) -> str:
        return self._instrument.quote if order.side is Side.BUY else self._instrument.base

    def _note_both_assets(self, account: str) -> None:
        self._ledger.note_balance(account, self._instrument.base)
        self._ledger.note_balance(account, self._instrument.quote)
