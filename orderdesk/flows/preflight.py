"""Ask everything that must hold before real orders are sent; each check is one small function.

What a no means for an order is in `clearance.py`. Source of the list: the user's S1 L333 (key,
clock, connectivity) and MEXC spot v3 docs, Jan 2026, for what can be asked at all.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar, cast

from orderdesk.core.answers import Rights
from orderdesk.core.durability import Durability
from orderdesk.core.markets import Market
from orderdesk.core.order_ids import client_order_id
from orderdesk.core.preflight import Finding, Preflight, Verdict, merged
from orderdesk.core.smallest_order import is_tradable, smallest_buy
from orderdesk.core.tokens import Lane
from orderdesk.errors import (
    DeskError,
    DeskHalted,
    ExchangeDenied,
    ExchangeRefused,
    NotYet,
    Transient,
)
from orderdesk.flows import fate
from orderdesk.ports import Desk, Exchange, NewOrder

Answered = TypeVar("Answered")

WALL_CLOCK_MS = 1_000
"""How far this host's wall clock may be off (the user's S1 L333).

Stamps do not use it. But Celery's countdowns and expiries do, and so do logs and certificates.
"""

PATIENCE_MS = 20_000
"""How long one run waits for slots of the throttle: its requests weigh about 2 s of budget."""

TESTED = "BTCUSDT"
"""The symbol whose smallest order is tested, if this key may trade it."""

_KEY = (
    "look at MEXC's API page: the key may have expired (90 days without a bound IP), be bound to "
    "another IP, or not be this one; then set MEXC_API_KEY and MEXC_API_SECRET"
)
_VENUE = "look at MEXC_BASE_URL, this host's network and MEXC's announcements"
_RIGHT = "give the key SPOT_DEAL_WRITE, or have MEXC lift what it holds against the account"
_WITHDRAW = "look at the key on MEXC's API page: it should hold no withdraw permission"
_CLOCK = "let NTP set this host's clock"
_NETWORK = "run the desk nearer to the exchange: a slow or uneven network makes its time vague"
_SYMBOLS = "enable symbols for the key on MEXC's API page"
_TEST = "what MEXC says of it is what it would say of every order: look there first"
_FUNDS = "fund the account before the first order"
_LEDGER = (
    "the ledger must write through: SQLite in WAL with synchronous=FULL on a local disk, or "
    "PostgreSQL with fsync, full_page_writes and synchronous_commit on"
)
_REDIS = "set appendonly yes, appendfsync always, maxmemory-policy noeviction in redis.conf"
_OWNER = "point REDIS_URL to a Redis of its own, or DATABASE_URL to the ledger that has claimed it"
_NO_ENDPOINT = ("404", "405")
"""HTTP's codes for it (RFC 9110), as the client hands them on where the venue has no own."""

_STORES = "start Redis and the ledger's database, or correct REDIS_URL and DATABASE_URL"
_ASK = "ask whoever runs this Redis"


def run(desk: Desk, account: str, earlier: Preflight | None = None) -> Preflight:
    """Ask every check once; of an `earlier` run only what had no answer."""
    asked = _Questions(desk, account)
    names = [f.name for f in earlier.unanswered] if earlier else list(CHECKS)
    findings = tuple(_found(name, asked) for name in names)
    at_ms = desk.time.now_ms()
    if earlier is not None:
        return merged(earlier, findings, at_ms=at_ms)
    return Preflight(at_ms, findings)


class _Questions:
    """What several checks ask is asked once, and its trouble is raised to each of them."""

    def __init__(self, desk: Desk, account: str) -> None:
        self.desk = desk
        self.account = account
        self._left_ms = PATIENCE_MS
        self._answers: dict[str, Any] = {}

    def once(self, name: str, ask: Callable[[], Answered]) -> Answered:
        """Return the answer to a question; slots are waited for, up to this run's patience."""
        if name not in self._answers:
            try:
                self._answers[name] = self._asked(ask)
            except DeskError as error:
                self._answers[name] = error
        answer = self._answers[name]
        if isinstance(answer, DeskError):
            raise answer
        return cast("Answered", answer)

    @property
    def exchange(self) -> Exchange:
        """The venue, once the key is known to be this account's."""
        return self.once("account", lambda: self.desk.exchange(self.account, Lane.RESOLVE))

    @property
    def rights(self) -> Rights:
        """What the account may do."""
        exchange = self.exchange
        return self.once("rights", exchange.rights)

    @property
    def symbols(self) -> frozenset[str] | None:
        """What the key may trade."""
        exchange = self.exchange
        return self.once("symbols", exchange.allowed_symbols)

    @property
    def markets(self) -> Mapping[str, Market]:
        """The venue's markets that this key can trade now."""
        exchange = self.exchange
        listed = self.once("markets", exchange.markets)
        return {name: market for name, market in listed.items() if is_tradable(market)}

    def _asked(self, ask: Callable[[], Answered]) -> Answered:
        while True:
            try:
                return ask()
            except NotYet as error:
                wait_ms = max(error.retry_after_ms or 0, 1)
                if wait_ms > self._left_ms:
                    raise
                self._left_ms -= wait_ms
                self.desk.clock.sleep_ms(wait_ms)


def _found(name: str, asked: _Questions) -> Finding:
    """Make one check; a no of the venue is a no, silence is no answer."""
    try:
        verdict, says, what_to_do = CHECKS[name](asked)
    except DeskHalted as error:
        return Finding(name, Verdict.NO, str(error), _KEY)
    except ExchangeDenied as error:
        return Finding(name, Verdict.NO, str(error), _KEY)
    except ExchangeRefused as error:
        # A venue without the endpoint says nothing of what would have been asked there.
        verdict = Verdict.UNKNOWABLE if error.code in _NO_ENDPOINT else Verdict.NO
        return Finding(name, verdict, str(error), _VENUE)
    except (Transient, NotYet) as error:
        fate.heed(asked.desk, error, {"account": asked.account})
        what_to_do = _STORES if name in _OF_STORES else _VENUE
        return Finding(name, Verdict.NO_ANSWER, str(error), what_to_do)
    return Finding(name, verdict, says, "" if verdict is Verdict.YES else what_to_do)


_Found = tuple[Verdict, str, str]


def _judged(good: bool | None, says: str, what_to_do: str) -> _Found:
    if good is None:
        return Verdict.UNKNOWABLE, says, what_to_do
    return Verdict.YES if good else Verdict.NO, says, what_to_do


def _connectivity(asked: _Questions) -> _Found:
    # The lane of cancels is the one that asks nothing about the key first.
    exchange = asked.desk.exchange(asked.account, Lane.CANCEL)
    asked.once("ping", exchange.ping)
    return _judged(good=True, says="the venue answers", what_to_do=_VENUE)


def _clock(asked: _Questions) -> _Found:
    desk = asked.desk
    offset = asked.once("time", desk.time.measure)
    off_ms = desk.clock.unix_ms() - offset.exchange_ms(desk.clock.monotonic_ms())
    says = f"exchange time is known to ±{offset.doubt_ms} ms, and this host is {off_ms:+} ms off it"
    if not offset.good_for(desk.rules.window_ms, desk.clock.monotonic_ms()):
        return _judged(good=False, says=says, what_to_do=_NETWORK)
    return _judged(good=abs(off_ms) < WALL_CLOCK_MS, says=says, what_to_do=_CLOCK)


def _key(asked: _Questions) -> _Found:
    _ = asked.rights
    says = "the key is there, signs rightly, and is the one of this account"
    return _judged(good=True, says=says, what_to_do=_KEY)


def _trading(asked: _Questions) -> _Found:
    rights = asked.rights
    spot = not rights.permissions or "SPOT" in rights.permissions
    words = ", ".join(rights.permissions) or "no list"
    says = f"canTrade {_word(rights.can_trade)}, permissions {words}"
    return _judged(
        rights.can_trade and spot, f"{says} (the account's; the key's: order test)", _RIGHT
    )


def _withdrawal(asked: _Questions) -> _Found:
    can = asked.rights.can_withdraw
    if can is False:
        says = "canWithdraw no: the account may not withdraw, so none of its keys may"
        return _judged(good=True, says=says, what_to_do=_WITHDRAW)
    says = f"canWithdraw {_word(can)} is the account's; MEXC does not tell what this key may"
    return _judged(good=None, says=says, what_to_do=_WITHDRAW)


def _symbols(asked: _Questions) -> _Found:
    told, tradable = asked.symbols, asked.markets
    if told is None and tradable:
        says = f"selfSymbols does not tell; {len(tradable)} symbols are open to everybody's API"
        return _judged(good=None, says=says, what_to_do=_SYMBOLS)
    says = f"{len(tradable)} symbols are open to this key"
    return _judged(good=bool(tradable), says=says, what_to_do=_SYMBOLS)


def _order_test(asked: _Questions) -> _Found:
    tradable = asked.markets
    if not tradable:
        return _judged(good=False, says="there is no symbol to test", what_to_do=_SYMBOLS)
    symbol = TESTED if TESTED in tradable else min(tradable)
    exchange = asked.exchange
    price = asked.once("price", lambda: exchange.last_price(symbol))
    order = _smallest(asked, tradable[symbol], price)
    refused = asked.once("order test", lambda: exchange.test_order(order))
    if refused is None:
        return _judged(good=True, says=f"a buy of {symbol} would be taken", what_to_do=_TEST)
    says = f"a buy of {symbol}: {refused.code} {refused.message}"
    if refused.unfunded:
        # The key, the signature and the form were in order; money is for a person to send.
        return _judged(good=None, says=says, what_to_do=_FUNDS)
    return _judged(good=False, says=says, what_to_do=_TEST)


def _smallest(asked: _Questions, market: Market, price: Decimal) -> NewOrder:
    name = client_order_id(asked.account, "preflight")
    return NewOrder(market.symbol, name, smallest_buy(market, price))


def _ledger(asked: _Questions) -> _Found:
    return _kept(asked.desk.ledger.durability(), no=_LEDGER)


def _redis(asked: _Questions) -> _Found:
    return _kept(asked.desk.memory.durability(), no=_REDIS)


def _owner(asked: _Questions) -> _Found:
    ours, theirs = asked.desk.ledger.ledger_id(), asked.desk.memory.owner()
    if theirs is None:
        says = f"no ledger has claimed this Redis yet; the first worker claims it for {ours}"
    else:
        says = f"this Redis belongs to ledger {theirs}, and this desk's is {ours}"
    return _judged(theirs in (None, ours), says, _OWNER)


def _kept(durability: Durability, *, no: str) -> _Found:
    what_to_do = f"{_ASK}: {no}" if durability.kept is None else no
    return _judged(durability.kept, durability.says, what_to_do)


def _word(flag: bool | None) -> str:
    return {True: "yes", False: "no", None: "(not told)"}[flag]


CHECKS: Mapping[str, Callable[[_Questions], _Found]] = {
    "connectivity": _connectivity,
    "clock": _clock,
    "API key": _key,
    "may trade": _trading,
    "cannot withdraw": _withdrawal,
    "symbols": _symbols,
    "order test": _order_test,
    "ledger durable": _ledger,
    "Redis durable": _redis,
    "one ledger per Redis": _owner,
}
"""Every check, in the order they are asked and shown."""

_OF_STORES = ("ledger durable", "Redis durable", "one ledger per Redis")
