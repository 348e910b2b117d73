"""How an order trades: a taker walks the levels; the walking price runs into resting orders."""

from decimal import Decimal

from orderdesk.simulator.engine.amounts import ZERO
from orderdesk.simulator.engine.clearing import Clearing, Fill
from orderdesk.simulator.engine.ledger import Ledger
from orderdesk.simulator.engine.market import Market, Offer
from orderdesk.simulator.engine.orders import Order, OrderType, Side
from orderdesk.simulator.engine.self_trade import (
    CANCEL_REASON,
    MAKER_ENDS,
    TAKER_ENDS,
    StpMode,
)
from orderdesk.simulator.engine.tape import Print


class Matching:
    """Price-time matching for one market."""

    def __init__(self, market: Market, ledger: Ledger) -> None:
        """Match in this market, book into this ledger."""
        self.market = market
        self.clearing = Clearing(market.instrument, ledger)
        self._ledger = ledger

    def enter(self, order: Order, *, now_ms: int) -> None:
        """Run an accepted order: reserve, take, then rest or end. Tells the ledger all of it."""
        self.clearing.reserve(order)
        if order.type is not OrderType.FILL_OR_KILL or self._can_fill(order):
            self._take(order, now_ms=now_ms)
        rests = order.type.may_rest and order.filled != "all" and not order.cancel_reason
        order.become(working=rests, now_ms=now_ms)
        self.clearing.release(order)
        if rests:
            self.market.resting[order.side].add(order)
        self.market.version += 1
        self._ledger.note_order(order)
        self._ledger.note_symbol(order.symbol)

    def cancel(self, order: Order, *, now_ms: int) -> None:
        """End a resting order and give back what it reserved."""
        self.market.resting[order.side].remove(order)
        order.become(working=False, now_ms=now_ms)
        self.clearing.release(order)
        self.market.version += 1
        self._ledger.note_order(order)

    def cross(self, *, now_ms: int) -> None:
        """Fill the resting orders that the house's new quotes have reached.

        The house is the taker, so a resting order gets its own price and pays the maker's fee;
        how much of it is filled is bounded by what the house quotes at that price or better.
        """
        for side in Side:
            self._cross_side(side, now_ms=now_ms)

    def _cross_side(self, side: Side, *, now_ms: int) -> None:
        resting, house = self.market.resting[side], self.market.house[side.opposite]
        while (maker := resting.best()) is not None and (level := house.best()) is not None:
            price, available = level
            if not maker.accepts(price):
                return
            quantity = min(available, maker.quantity - maker.executed)
            self.clearing.book(Fill(maker, None, maker.price, quantity, True, now_ms))
            self._print(maker.price, quantity, maker=maker.side, now_ms=now_ms)
            house.eat(quantity)
            self._after_maker_fill(maker, now_ms=now_ms)

    def _take(self, order: Order, *, now_ms: int) -> None:
        while (offer := self.market.best(order.side.opposite)) is not None:
            quantity = self._next_quantity(order, offer)
            if quantity <= ZERO:
                return
            if self._ledger.groups.prevent(order, offer.maker):
                if self._part(order, offer.maker, now_ms=now_ms):
                    return
                continue
            self.clearing.book(Fill(order, offer.maker, offer.price, quantity, False, now_ms))
            self._shrink(offer, quantity, side=order.side.opposite, now_ms=now_ms)
            self._print(offer.price, quantity, maker=order.side.opposite, now_ms=now_ms)

    def _part(self, taker: Order, maker: Order | None, *, now_ms: int) -> bool:
        """End what the taker's mode says must end; say whether that is the taker itself."""
        mode = StpMode(taker.stp_mode)
        if mode in MAKER_ENDS and maker is not None:
            maker.cancel_reason = CANCEL_REASON
            self.cancel(maker, now_ms=now_ms)
        if mode in TAKER_ENDS:
            taker.cancel_reason = CANCEL_REASON
        return mode in TAKER_ENDS

    def _next_quantity(self, order: Order, offer: Offer) -> Decimal:
        if not order.accepts(offer.price):
            return ZERO
        decimals = self.market.instrument.quantity_decimals
        return min(offer.quantity, order.wanted_at(offer.price, decimals=decimals))

    def _shrink(self, offer: Offer, quantity: Decimal, *, side: Side, now_ms: int) -> None:
        if offer.maker is None:
            self.market.house[side].eat(quantity)
        else:
            self._after_maker_fill(offer.maker, now_ms=now_ms)

    def _after_maker_fill(self, maker: Order, *, now_ms: int) -> None:
        done = maker.filled == "all"
        maker.become(working=not done, now_ms=now_ms)
        if done:
            self.market.resting[maker.side].remove(maker)
        self.clearing.release(maker)
        self._ledger.note_order(maker)
        self._ledger.note_symbol(maker.symbol)

    def _can_fill(self, order: Order) -> bool:
        wanted = order.quantity
        for offer in self.market.offers(order.side.opposite):
            if wanted <= ZERO or not order.accepts(offer.price):
                break
            if not self._ledger.groups.prevent(order, offer.maker):
                wanted -= offer.quantity
            elif order.stp_mode in TAKER_ENDS:
                break
        return wanted <= ZERO

    def _print(self, price: Decimal, quantity: Decimal, *, maker: Side, now_ms: int) -> None:
        self.market.tape.trade(Print(price, quantity, now_ms, maker is Side.BUY))
