"""The running exchange behind one door: engine, keys, journal, faults, counters, clock.

No network here. A handler asks the venue, changes the engine, and calls `keep` before it answers.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from pathlib import Path

from orderdesk.simulator.caps.profiles import DEFAULT_PROFILE, profile
from orderdesk.simulator.caps.turnstile import Turnstile
from orderdesk.simulator.defaults import API_KEY, API_SECRET
from orderdesk.simulator.engine.accounts import FEES, HOUSE, Account
from orderdesk.simulator.engine.exchange import Exchange
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.engine.prices import Prices
from orderdesk.simulator.faults import Faults
from orderdesk.simulator.habits import Habits
from orderdesk.simulator.journal import HomeUnusable, Journal, JournalBroken
from orderdesk.simulator.keys import Key, KeyMisspelled, read_permissions
from orderdesk.simulator.rows import Row, everything, restore, rows_of

PAPER_ACCOUNT = "paper"
# Enough to try every symbol and side with.
PAPER_BALANCES: dict[str, Decimal] = {
    "USDT": Decimal(10_000),
    "BTC": Decimal("0.5"),
    "ETH": Decimal(5),
    "SOL": Decimal(50),
    "MX": Decimal(2_000),
    "LINK": Decimal(200),
    "KAS": Decimal(10_000),
    "WAVES": Decimal(500),
}
# MEXC's default spot fees: maker 0, taker 0.05 % (ccxt 4.5.90, Oct 2026).
MAKER_RATE, TAKER_RATE = Decimal(0), Decimal("0.0005")


def wall_clock_ms() -> int:
    """Give the time of this host in ms since 1970."""
    return time.time_ns() // 1_000_000


class Venue:
    """One exchange with its keys; `clock` gives ms since 1970."""

    def __init__(
        self,
        *,
        seed: int,
        home: Path | None = None,
        keys: dict[str, Key] | None = None,
        clock: Callable[[], int] = wall_clock_ms,
        turnstile: Turnstile | None = None,
        prices: Prices | None = None,
    ) -> None:
        """Open for trading, where the journal under `home` left off if there is one.

        Without a turnstile it counts against the default caps, and turns nobody away. Without
        prices they walk by the seed.

        Raises:
            HomeUnusable: the home is taken or damaged.
        """
        self.keys: dict[str, Key] = {}
        self.seed = seed
        self.clock = clock
        self.faults = Faults()
        self.habits = Habits()
        self.turnstile = turnstile or Turnstile(profile(DEFAULT_PROFILE), holds=False)
        self.exchange = Exchange(LISTING, seed=seed, prices=prices)
        self._opened_later: dict[str, Key] = {}
        for api_key, key in (keys or {API_KEY: Key(API_SECRET, PAPER_ACCOUNT)}).items():
            self._take(api_key, key, balances=PAPER_BALANCES)
        self._journal = None if home is None else self._resume(home)
        self.exchange.ledger.drain()

    def open_key(self, api_key: str, key: Key, *, balances: Mapping[str, Decimal]) -> None:
        """Take in a key that was not there at the start; it is kept with the home.

        An account that the key names for the first time is opened with these balances.

        Raises:
            KeyMisspelled: the API key is taken, or the account's name is.
        """
        if api_key in self.keys:
            raise KeyMisspelled(f"the API key {api_key!r} is taken; give another")
        if key.account in (HOUSE, FEES):
            raise KeyMisspelled(f"{key.account!r} is no trader's name; give another")
        self._take(api_key, key, balances=balances)
        self._opened_later[api_key] = key
        if self._journal is not None:
            self._journal.append(_keys_row({api_key: key}))

    def keep(self) -> None:
        """Write down what changed since the last call. Comes before every answer.

        Raises:
            JournalBroken: the disk is full or gone; then the answer must not be a yes.
        """
        self.exchange.note_candles()
        changes = self.exchange.ledger.drain()
        if self._journal is not None and changes:
            self._journal.append(rows_of(self.exchange, changes))

    def walk(self) -> None:
        """Let all prices take a step now."""
        self.follow({})

    def follow(self, prices: Mapping[str, Decimal]) -> None:
        """Let prices take a step now, to where they are named; the others go on by themselves."""
        self.exchange.follow(prices, now_ms=self.clock())
        self.keep()

    def close(self) -> None:
        """Write down where the prices stand, and let go of the home."""
        for symbol, market in self.exchange.markets.items():
            self.exchange.ledger.note_symbol(symbol)
            for candle in market.tape.all_minutes()[-1:]:
                self.exchange.ledger.note_candle(symbol, candle)
        # A journal that broke was told of when it did; here only the last prices are at stake.
        with contextlib.suppress(JournalBroken):
            self.keep()
        if self._journal is not None:
            self._journal.close()

    def _resume(self, home: Path) -> Journal:
        journal = Journal(home)
        try:
            restore(self.exchange, self._with_keys(journal.read()))
            journal.start(chain([_keys_row(self._opened_later)], everything(self.exchange)))
        except HomeUnusable:
            journal.close()
            raise
        return journal

    def _with_keys(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            for api_key, secret, account, permissions, closed in row.get("keys", []):
                key = Key(secret, account, read_permissions(permissions), frozenset(closed))
                # Of a key that the start names too, the start's word counts.
                if api_key not in self.keys:
                    self._take(api_key, key, balances={})
                    self._opened_later[api_key] = key
            yield row

    def _take(self, api_key: str, key: Key, *, balances: Mapping[str, Decimal]) -> None:
        self.keys[api_key] = key
        if key.account not in self.exchange.ledger.accounts:
            account = Account(key.account, maker_rate=MAKER_RATE, taker_rate=TAKER_RATE)
            self.exchange.open_account(account, deposits=balances)


def _keys_row(keys: Mapping[str, Key]) -> Row:
    return {
        "keys": [
            [name, key.secret, key.account, sorted(key.permissions), sorted(key.closed_symbols)]
            for name, key in keys.items()
        ]
    }
