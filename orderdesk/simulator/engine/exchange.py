"""The exchange itself: what can be asked of it, by account and symbol. PURE; time is passed in."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from orderdesk.simulator.engine import refusals
from orderdesk.simulator.engine.accounts import HOUSE, Account
from orderdesk.simulator.engine.amounts import ceil_to, floor_to
from orderdesk.simulator.engine.instruments import Instrument
from orderdesk.simulator.engine.ledger import Ledger
from orderdesk.simulator.engine.market import Market
from orderdesk.simulator.engine.matching import Matching
from orderdesk.simulator.engine.orders import Order, OrderRequest, OrderType, Side, Trade
from orderdesk.simulator.engine.prices import Prices
from orderdesk.simulator.engine.refusals import Refusal
from orderdesk.simulator.engine.rules import BOOK_RULES, RULES, first_refusal

# At most 500 unfilled orders an account (MEXC API FAQ, question 5, read Nov 2026).
MAX_OPEN_ORDERS = 500
# A MARKET order is frozen this far from the last price, and stops there. From recorded orders: a
# buy reported 0.008284 and paid 0.00793 (ccxt issue 25660, Apr 2025), a sell reported 0.004327
# and got 0.004542 (ccxt response fixture): both fit 5 %.
FREEZE = Decimal("0.05")
# Only its shape is MEXC's: an opaque string such as C02__342252993005723644225.
_FIRST_ORDER_NUMBER = 342_252_993_000_000_000_000


class Exchange:
    """Markets and accounts. Every amount is a Decimal, every time an integer in ms."""

    def __init__(
        self, listing: Iterable[Instrument], *, seed: int, prices: Prices | None = None
    ) -> None:
        """Open the listed markets; without prices they walk from the listing's by the seed."""
        self.ledger = Ledger()
        self._desks = {
            instrument.symbol: Matching(Market(instrument, seed=seed, prices=prices), self.ledger)
            for instrument in listing
        }

    @property
    def markets(self) -> dict[str, Market]:
        """Give every market by its symbol."""
        return {symbol: desk.market for symbol, desk in self._desks.items()}

    def market(self, symbol: str) -> Market | None:
        """Give the market of a symbol, None if it is not listed."""
        desk = self._desks.get(symbol)
        return None if desk is None else desk.market

    def open_account(self, account: Account, *, deposits: Mapping[str, Decimal]) -> None:
        """Take in an account with what it is given."""
        self.ledger.accounts[account.name] = account
        for asset, amount in deposits.items():
            self.deposit(account.name, asset, amount)

    def deposit(self, account: str, asset: str, amount: Decimal) -> None:
        """Give an account so much, or take it away below zero; the house pays, so sums hold.

        Raises:
            KeyError: no such account.
            Overdrawn: less than that is free.
        """
        self.ledger.account(account).credit(asset, amount)
        self.ledger.account(HOUSE).credit(asset, -amount)
        self.ledger.note_balance(account, asset)
        self.ledger.note_balance(HOUSE, asset)

    def check(self, request: OrderRequest) -> Refusal | None:
        """Hold a request against symbol, side, precision, band and size; not against the book."""
        market = self.market(request.symbol)
        if market is None:
            return refusals.SYMBOL_UNKNOWN
        return first_refusal(RULES, market, request)

    def place(
        self, account: str, request: OrderRequest, *, now_ms: int, hidden_until_ms: int = 0
    ) -> Order | Refusal:
        """Accept and match an order, or say why not.

        A client id that was used before is no reason: MEXC promises no uniqueness, so a second
        order is really placed. `hidden_until_ms` keeps it out of queries until then.
        """
        refusal = self.check(request)
        if refusal is not None:
            return refusal
        desk = self._desks[request.symbol]
        refusal = self._account_refusal(account, request) or first_refusal(
            BOOK_RULES, desk.market, request
        )
        if refusal is not None:
            return refusal
        order = self._draft(account, request, now_ms=now_ms)
        order.hidden_until_ms = hidden_until_ms
        if desk.clearing.reserve_for(order) > desk.clearing.free_for(order):
            buys = request.side is Side.BUY
            return refusals.INSUFFICIENT_BALANCE if buys else refusals.INSUFFICIENT_POSITION
        self.ledger.history.add_order(order)
        desk.enter(order, now_ms=now_ms)
        return order

    def cancel(self, order: Order, *, now_ms: int) -> Order | Refusal:
        """Cancel an open order; one that has ended is unknown to a cancel."""
        if not order.is_open:
            return refusals.CANCEL_UNKNOWN
        self._desks[order.symbol].cancel(order, now_ms=now_ms)
        return order

    def walk(self, *, now_ms: int) -> None:
        """Let every price take one step, and fill the resting orders it reached."""
        self.follow({}, now_ms=now_ms)

    def follow(self, prices: Mapping[str, Decimal], *, now_ms: int) -> None:
        """Step every market to the price that is named for it; one that is not named walks."""
        for symbol, desk in self._desks.items():
            if symbol in prices:
                desk.market.step_to(prices[symbol], now_ms=now_ms)
            else:
                desk.market.walk(now_ms=now_ms)
            desk.cross(now_ms=now_ms)

    def set_price(self, symbol: str, price: Decimal, *, now_ms: int) -> None:
        """Put a price where it is wanted, and fill the resting orders it reached.

        Raises:
            KeyError: the symbol is not listed.
        """
        desk = self._desks[symbol]
        desk.market.move_to(price, now_ms=now_ms)
        desk.cross(now_ms=now_ms)
        self.ledger.note_symbol(symbol)

    def note_candles(self) -> None:
        """Tell the ledger of every minute that closed since the last call, and of the price."""
        for symbol, desk in self._desks.items():
            for candle in desk.market.tape.take_closed():
                self.ledger.note_candle(symbol, candle)
                self.ledger.note_symbol(symbol)

    def restore_order(self, order: Order) -> None:
        """Take back an order of an earlier run; an open one rests again."""
        self.ledger.history.add_order(order)
        self.ledger.sequence = max(self.ledger.sequence, order.sequence)
        if order.is_open:
            self._desks[order.symbol].market.resting[order.side].add(order)

    def restore_trade(self, trade: Trade) -> None:
        """Take back a trade of an earlier run."""
        self.ledger.history.add_trade(trade)
        self.ledger.sequence = max(self.ledger.sequence, trade.sequence)

    def _account_refusal(self, account: str, request: OrderRequest) -> Refusal | None:
        full = self.ledger.history.count_open(account) >= MAX_OPEN_ORDERS
        return refusals.TOO_MANY_OPEN_ORDERS if full and request.type.may_rest else None

    def _draft(self, account: str, request: OrderRequest, *, now_ms: int) -> Order:
        market = self._desks[request.symbol].market
        price = request.price
        if request.type is OrderType.MARKET or price is None:
            price = _frozen_price(market, request.side)
        quantity, quote_quantity = _reported_amounts(market, request, price)
        sequence = self.ledger.next_sequence()
        return Order(
            order_id=f"C02__{_FIRST_ORDER_NUMBER + sequence}",
            sequence=sequence,
            account=account,
            symbol=request.symbol,
            side=request.side,
            type=request.type,
            client_order_id=request.client_order_id,
            price=price,
            quantity=quantity,
            quote_quantity=quote_quantity,
            by_quote=request.quantity is None,
            stp_mode=request.stp_mode,
            time_ms=now_ms,
            update_ms=now_ms,
        )


def _frozen_price(market: Market, side: Side) -> Decimal:
    decimals = market.instrument.price_decimals
    if side is Side.BUY:
        return ceil_to(market.last * (1 + FREEZE), decimals)
    return max(floor_to(market.last * (1 - FREEZE), decimals), market.instrument.tick)


def _reported_amounts(
    market: Market, request: OrderRequest, price: Decimal
) -> tuple[Decimal, Decimal]:
    """Give origQty and origQuoteOrderQty; the one that was not asked for is inflated.

    As MEXC reports it: an order by quote amount shows more base than it can buy, an order by
    quantity shows the quote amount that was frozen.
    """
    if request.quantity is not None:
        return request.quantity, request.quantity * price
    quote = request.quote_quantity or Decimal(0)
    least = _frozen_price(market, Side.SELL)
    return ceil_to(quote / least, market.instrument.quantity_decimals), quote
