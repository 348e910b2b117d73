"""The spot v3 client: one method a question, each request paced, stamped, signed and sent once.

How answers are judged stands in `verdicts.py`, how they are read in `spot_wire.py` and
`spot_markets.py`, how lists are paged in `paging.py`; what is asked of the account itself in
`spot_account.py`.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from orderdesk.core.answers import Answer, Balance, ExchangeOrder, Fill, Refused, Rights
from orderdesk.core.calls import TellCall, tell_nobody
from orderdesk.core.markets import Market
from orderdesk.core.tokens import Cost
from orderdesk.errors import ExchangeRefused, ExchangeUnreachable
from orderdesk.exchanges.http import HttpDoor, NoReply, Reply
from orderdesk.exchanges.mexc import (
    fields,
    limits,
    paging,
    signing,
    spot_account,
    spot_markets,
    spot_wire,
    verdicts,
)
from orderdesk.exchanges.mexc.error_codes import ABSENT, NOT_OPEN
from orderdesk.exchanges.mexc.signing import Pairs
from orderdesk.exchanges.mexc.spot_wire import BookTicker, Depth, TradeFee
from orderdesk.exchanges.mexc.told_door import ToldDoor
from orderdesk.ports import NewOrder

QUESTION_TIMEOUT_MS = 10_000
"""The user's number (S5 `timeout_sec`)."""

ORDER_TIMEOUT_SLACK_MS = 500
"""An order's answer is awaited until its window is over and a little more; then it is asked for."""

ORDER_BODY_BYTES = 64 * 1024
"""The answer to an order is a few hundred bytes."""

QUESTION_WINDOW_MS = 10_000
"""recvWindow of questions: a late answer does no harm, a refused one costs a trip.

Precedent: requests spent 5.4 s inside MEXC's edge and were refused at 5 s (ccxt#22619, 2024-05).
"""

CANCEL_WINDOW_MS = 3_000
"""recvWindow of cancels: one that lands late may hit what was placed after it was given up."""

_SHORTEST_SECRET = 8  # a shorter key is a test's, and would tear holes into the JSON


class MexcSpot:
    """The `Exchange` port over MEXC's spot v3 REST API, seen from one lane.

    Several of these share one door. Everything is sent in the query with an empty body, the
    safest of MEXC's three forms (ccxt 4.5.90 does so too).

    Args:
        base_url: like https://api.mexc.com.
        api_key: goes into a header of signed requests only.
        api_secret: never leaves this process.
        door: the one way out.
        pace: called with the cost before every request but `place`; waits or raises.
        stamp: exchange time in ms for signed questions, asked after `pace`.
        question_window_ms: recvWindow of questions.
        cancel_window_ms: recvWindow of cancels.
        heard: called after every request with "", or with what the venue did instead of answering.
        question_timeout_ms: total deadline of everything but `place`.
        tell: hears what each request came to; must not raise.
    """

    place_cost = limits.PLACE

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        api_secret: str,
        door: HttpDoor,
        pace: Callable[[Cost], object],
        stamp: Callable[[], int],
        heard: Callable[[str], None] = lambda _silence: None,
        question_window_ms: int = QUESTION_WINDOW_MS,
        cancel_window_ms: int = CANCEL_WINDOW_MS,
        question_timeout_ms: int = QUESTION_TIMEOUT_MS,
        tell: TellCall = tell_nobody,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._api_secret = api_secret
        self._pace = pace
        self._stamp = stamp
        self._heard = heard
        self._question_window_ms = question_window_ms
        self._cancel_window_ms = cancel_window_ms
        self._timeout_ms = question_timeout_ms
        self._told = functools.partial(ToldDoor, door, tell)

    def __repr__(self) -> str:
        return f"<MexcSpot {self._base_url}>"

    def place(self, order: NewOrder, *, stamp_ms: int, window_ms: int, send_by_ms: int) -> Answer:
        """Send one order once, signed with exactly `stamp_ms`, or not at all."""
        method, url = self._address(
            limits.PLACE, self._signed(spot_wire.new_order(order), stamp_ms, window_ms)
        )
        reply = self._send(
            limits.PLACE.name,
            method,
            url,
            headers=self._headers(method),
            timeout_ms=window_ms + ORDER_TIMEOUT_SLACK_MS,
            send_by_ms=send_by_ms,
            body_limit_bytes=ORDER_BODY_BYTES,
        )
        return verdicts.answer_to_order(reply)

    def test_order(self, order: NewOrder) -> Refused | None:
        """Have MEXC check an order without placing it; None means it would be taken."""
        try:
            self._ask(limits.TEST_ORDER, spot_wire.new_order(order))
        except ExchangeRefused as error:
            return verdicts.answer_to_test(error)
        return None

    def cancel(self, symbol: str, client_order_id: str) -> bool:
        """Cancel by client id; False if MEXC knows no such open order."""
        return self._cancel(
            limits.CANCEL, [("symbol", symbol), ("origClientOrderId", client_order_id)]
        )

    def cancel_by_order_id(self, symbol: str, order_id: str) -> bool:
        """Cancel by MEXC's id; False if it knows no such open order."""
        return self._cancel(limits.CANCEL, [("symbol", symbol), ("orderId", order_id)])

    def cancel_open(self, symbol: str) -> None:
        """Cancel everything open on a symbol, foreign orders too; nothing open is fine."""
        self._cancel(limits.CANCEL_OPEN, [("symbol", symbol)])

    def cancel_everything(self) -> None:
        """Cancel everything open on the account, foreign orders too; nothing open is fine."""
        self._cancel(limits.CANCEL_EVERYTHING, [])

    def order(self, symbol: str, client_order_id: str) -> ExchangeOrder | None:
        """Look one order up by client id; None is "does not exist", or not visible yet."""
        pairs = [("symbol", symbol), ("origClientOrderId", client_order_id)]
        try:
            found = spot_wire.order(self._ask(limits.QUERY_ORDER, pairs))
        except ExchangeRefused as error:
            if error.code in ABSENT:
                return None
            raise
        if found.client_order_id not in (None, client_order_id):
            raise ExchangeUnreachable(f"{limits.QUERY_ORDER.name}: answered with another order")
        return found

    def open_orders(self, symbol: str) -> Sequence[ExchangeOrder]:
        """Return everything open on a symbol; MEXC caps it at 500 an account."""
        rows = fields.rows(self._ask(limits.OPEN_ORDERS, [("symbol", symbol)]))
        return [spot_wire.order(row) for row in paging.whole(rows, paging.OPEN_ORDERS_ROWS)]

    def all_orders(self, symbol: str, since_ms: int) -> Sequence[ExchangeOrder]:
        """Return all orders created since, all pages; at most 7 days back."""

        def read(start_ms: int, end_ms: int) -> list[ExchangeOrder]:
            pairs = _span(symbol, start_ms, end_ms=end_ms, rows=paging.ALL_ORDERS_ROWS)
            return [
                spot_wire.order(row) for row in fields.rows(self._ask(limits.ALL_ORDERS, pairs))
            ]

        return paging.orders_since(since_ms, self._stamp(), read)

    def trades(self, symbol: str, since_ms: int) -> Sequence[Fill]:
        """Return all our trades since, all pages; at most a month back."""

        def read(start_ms: int, end_ms: int) -> list[Fill]:
            pairs = _span(symbol, start_ms, end_ms=end_ms, rows=paging.MY_TRADES_ROWS)
            return [spot_wire.fill(row) for row in fields.rows(self._ask(limits.MY_TRADES, pairs))]

        return paging.trades_since(since_ms, self._stamp(), read)

    # -- the account and the venue

    def balances(self) -> Sequence[Balance]:
        """Return every asset the account holds."""
        return spot_account.balances(self._ask)

    def uid(self) -> str | None:
        """Return the account's number; None where MEXC does not tell it to this key."""
        return spot_account.uid(self._ask)

    def rights(self) -> Rights:
        """Return what the account may do; what the key may do MEXC does not tell."""
        return spot_account.rights(self._ask)

    def allowed_symbols(self) -> frozenset[str] | None:
        """Return what this key may trade; None where MEXC does not tell."""
        return spot_account.allowed_symbols(self._ask)

    def trade_fee(self, symbol: str) -> TradeFee:
        """Return the account's own rates on a symbol."""
        return spot_wire.trade_fee(self._ask(limits.TRADE_FEE, [("symbol", symbol)]))

    def time_ms(self) -> int:
        """Return MEXC's clock."""
        return spot_wire.server_time_ms(self._ask_publicly(limits.TIME))

    def ping(self) -> None:
        """Reach MEXC, or raise."""
        self._ask_publicly(limits.PING)

    def markets(self) -> Mapping[str, Market]:
        """Return every symbol's rules, with what this key may trade."""
        allowed = self.allowed_symbols()
        return spot_markets.markets(self._ask_publicly(limits.EXCHANGE_INFO), allowed)

    def last_price(self, symbol: str) -> Decimal:
        """Return the last traded price, in quote per base."""
        return spot_wire.last_price(self._ask_publicly(limits.TICKER_PRICE, [("symbol", symbol)]))

    def book_ticker(self, symbol: str) -> BookTicker:
        """Return the best bid and ask."""
        return spot_wire.book_ticker(self._ask_publicly(limits.BOOK_TICKER, [("symbol", symbol)]))

    def depth(self, symbol: str, levels: int) -> Depth:
        """Return so many levels of the book on each side; MEXC gives 5,000 at most."""
        pairs = [("symbol", symbol), ("limit", str(levels))]
        return spot_wire.depth(self._ask_publicly(limits.DEPTH, pairs))

    # -- sending

    def _cancel(self, cost: Cost, pairs: Pairs) -> bool:
        try:
            self._ask(cost, pairs, window_ms=self._cancel_window_ms)
        except ExchangeRefused as error:
            if error.code in NOT_OPEN:
                return False
            raise
        return True

    def _ask(self, cost: Cost, pairs: Pairs, window_ms: int | None = None) -> Any:
        """Ask a signed question: slot first, stamp after; a clock is measured before both."""
        self._stamp()
        self._pace(cost)
        query = self._signed(pairs, self._stamp(), window_ms or self._question_window_ms)
        method, url = self._address(cost, query)
        return self._answer(cost, url, self._headers(method))

    def _ask_publicly(self, cost: Cost, pairs: Pairs = ()) -> Any:
        self._pace(cost)
        _, url = self._address(cost, signing.encoded(pairs))
        return self._answer(cost, url, {})

    def _answer(self, cost: Cost, url: str, headers: Mapping[str, str]) -> Any:
        method = cost.name.partition(" ")[0]
        reply = self._send(cost.name, method, url, headers=headers, timeout_ms=self._timeout_ms)
        return verdicts.answer_to_question(reply, cost.name)

    def _send(self, name: str, method: str, url: str, **how: Any) -> Reply | NoReply:
        reply = self._hushed(self._told(name).send(method, url, **how), url)
        if (told := verdicts.silence(reply)) is not None:
            self._heard(told)
        return reply

    def _hushed(self, reply: Reply | NoReply, url: str) -> Reply | NoReply:
        """Take key and signature out of an answer: gateways echo what they were asked."""
        if isinstance(reply, NoReply):
            return reply
        body = reply.body
        for secret in (self._api_key, url.partition("&signature=")[2]):
            if len(secret) >= _SHORTEST_SECRET:
                body = body.replace(secret.encode(), b"***")
        return replace(reply, body=body)

    def _signed(self, pairs: Pairs, stamp_ms: int, window_ms: int) -> str:
        timing = [("recvWindow", str(window_ms)), ("timestamp", str(stamp_ms))]
        return signing.signed_query([*pairs, *timing], self._api_secret)

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"X-MEXC-APIKEY": self._api_key}
        if method != "GET":
            # Asked for even with an empty body: without it MEXC answers 700013.
            headers["Content-Type"] = "application/json"
        return headers

    def _address(self, cost: Cost, query: str) -> tuple[str, str]:
        method, _, path = cost.name.partition(" ")
        return method, f"{self._base_url}{path}{'?' if query else ''}{query}"


def _span(symbol: str, start_ms: int, *, end_ms: int, rows: int) -> Pairs:
    times = [("startTime", str(start_ms)), ("endTime", str(end_ms))]
    return [("symbol", symbol), *times, ("limit", str(rows))]
