"""The ledger, as the desk needs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orderdesk.core.answers import Answer, Balance, ExchangeOrder, Fill
from orderdesk.core.asset_books import AssetBook
from orderdesk.core.durability import Durability
from orderdesk.core.events import Event
from orderdesk.core.figures import OpenWork
from orderdesk.core.intents import (
    Attempt,
    DeadLetter,
    Doubt,
    Draft,
    Intent,
    Opened,
    Story,
    Switch,
)
from orderdesk.core.markets import Refusal
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.exposure import Standing
from orderdesk.core.risk.verdicts import PASSED, Verdict
from orderdesk.ports.risk_ledger import RiskLedger

Gate = Callable[[Draft, Standing], Verdict]
"""The rules, asked again inside the opening transaction: what is at risk is locked there."""


@dataclass(frozen=True, slots=True)
class BookedFill:
    """A fill as it was booked: in which order, and when."""

    id: int
    booked_ms: int
    fill: Fill


@dataclass(frozen=True, slots=True)
class Books:
    """An account's books, asset by asset."""

    books: Mapping[str, AssetBook]
    fill_id: int
    """Every fill up to this one is in them."""
    since_ms: int
    """When the first sync was."""
    syncs: int = 0


class Ledger(RiskLedger, Protocol):
    """The truth. Each method is one transaction; events it books are told after the commit.

    Raises `LedgerUnavailable` when it is locked, gone or full.
    """

    # -- identity
    def ledger_id(self) -> str:
        """Return the random id this ledger was born with."""

    def durability(self) -> Durability:
        """Ask the database whether a commit is on disk before it is acknowledged."""

    def attempt_counter(self) -> int:
        """Return the highest attempt id ever given."""

    def bind_account(self, account: str, *, desk_id: str, venue: str) -> None:
        """Bind an account alias for ever; raises `DeskHalted` if it is bound otherwise."""

    def bind_uid(self, account: str, uid: str, *, now_ms: int) -> None:
        """Bind an account alias to the venue's own account number, for ever; raises `DeskHalted`
        if it is bound to another.
        """

    def doubt(self) -> Doubt | None:
        """Return the doubt that stands, if any."""

    def moved(self) -> bool:
        """Tell whether it lives in another database than it last knew: restored, or a standby that
        took over. Until a doubt is begun, `open_attempt` raises `LedgerUnavailable`.
        """

    def begin_doubt(self, doubt: Doubt) -> None:
        """Write a doubt down; a later `until_ms` and a later `since_ms` win over earlier ones.

        The database it lives in is then known.
        """

    # -- intents
    def intent(self, account: str, idempotency_key: str) -> Intent | None:
        """Return the intent under a key."""

    def find(self, account: str, name: str) -> Intent | None:
        """Return the intent under a key, or under a client order id."""

    def receive(self, draft: Draft, *, now_ms: int, next_wake_ms: int) -> Intent:
        """Write an intent down as RECEIVED if it is new; return it as it stands."""

    def refuse(
        self, draft: Draft, refusal: Refusal, *, now_ms: int, verdict: Verdict = PASSED
    ) -> Intent:
        """End an intent DENIED, if no attempt is open and it has not ended; return it.

        `verdict` is what the risk gate held against what, as far as it ran.
        """

    def expire(self, draft: Draft, reason: str, *, now_ms: int) -> Intent:
        """End an intent EXPIRED_UNSENT, if no attempt is open and it has not ended."""

    def keep_word(
        self, draft: Draft, status: OrderStatus, *, reason: str, code: str | None, now_ms: int
    ) -> Intent:
        """End an intent as its producer was told, if no attempt is open and it has not ended.

        `status` is DENIED, CANCELED, EXPIRED_UNSENT or REJECTED.
        """

    def open_attempt(
        self,
        draft: Draft,
        *,
        stamp: Callable[[], int],
        window_ms: int,
        request_hash: str,
        gate: Gate,
    ) -> Opened | Intent:
        """Write the next attempt down before the wire, in one transaction.

        Under its locks: the intent has not ended, has no open attempt and no cancel request,
        the kill switch is off, `gate` passes, the stamp (taken now) plus the window is within
        the deadline; then exposure is reserved. If any of that says no, the intent is
        returned as it stands afterwards (unchanged, or ended CANCELED, DENIED, EXPIRED_UNSENT).
        A commit whose acknowledgement is lost raises `LedgerUnavailable`: do not send.
        """

    def settle(self, attempt_id: int, answer: Answer, *, now_ms: int) -> Intent:
        """Book what the exchange said to an attempt; moves the intent only while it is open.

        `Unclear` keeps the attempt open and makes the intent UNKNOWN. A late no is only
        recorded; a late yes is adopted, with an alarm.
        """

    def book(
        self,
        intent_id: int,
        *,
        order: ExchangeOrder | None,
        fills: Sequence[Fill],
        now_ms: int,
        next_wake_ms: int | None = None,
    ) -> Intent:
        """Book evidence from the exchange; idempotent, fills unique by trade id.

        An order found for an open attempt closes it as accepted (adoption). Late evidence
        is let in with an alarm; a second exchange order under the same client id raises
        a DUPLICATE_ORDER alarm and does not replace the first.
        """

    def note_absence(self, attempt_id: int, asked_ms: int, *, now_ms: int) -> Attempt:
        """Write down one whole absence; return the attempt with all of them."""

    def not_placed(self, attempt_id: int, *, now_ms: int) -> Intent:
        """Close an open attempt as proven absent: RECEIVED, or CANCELED if a cancel waits,
        or EXPIRED_UNSENT if the deadline has passed.
        """

    def quarantine(self, intent_id: int, reason: str, *, now_ms: int) -> Intent:
        """Put an intent before a person, exposure kept."""

    def answer_quarantined(
        self, intent_id: int, *, order_id: str | None, reason: str, by: str, now_ms: int
    ) -> Intent:
        """A person ends a quarantine: placed under `order_id`, or (None) not placed.

        Raises `UnknownOrder` if the intent is not quarantined.
        """

    def request_cancel(
        self, account: str, client_order_id: str, *, reason: str, now_ms: int
    ) -> Intent | None:
        """Write a cancel request down (a tombstone if no row exists yet).

        An intent with no open attempt and nothing on the exchange ends CANCELED, unsent.
        """

    def reopen(self, intent_id: int, *, deadline_ms: int, by: str, now_ms: int) -> Intent:
        """Replay: DENIED or EXPIRED_UNSENT back to RECEIVED, same key, same client order id.

        Raises `DeskError` for any other state.
        """

    def open_attempt_of(self, intent_id: int) -> Attempt | None:
        """Return the attempt that may still land, if any."""

    # -- what is due
    def due(self, now_ms: int, limit: int) -> Sequence[Intent]:
        """Return intents whose `next_wake_ms` has come, longest due first."""

    def schedule(self, wakes: Mapping[int, int]) -> None:
        """Set `next_wake_ms` of intents by id and count the wake, in one transaction."""

    def resting(self, account: str | None = None) -> Sequence[Intent]:
        """Return intents that rest on the exchange (NEW, PARTIALLY_FILLED)."""

    def live(self, account: str) -> Sequence[Intent]:
        """Return every intent of an account that has not ended."""

    def in_doubt(self, account: str, symbol: str) -> Sequence[Intent]:
        """Return SENDING, UNKNOWN and QUARANTINED intents of a symbol."""

    def awaiting_fills(self, account: str, symbol: str | None = None) -> Sequence[Intent]:
        """Return intents that end at once and have not ended, or whose fills are not all here."""

    def note_command(self, account: str, idempotency_key: str, task: str, *, now_ms: int) -> None:
        """Remember that a command was taken up that leaves no intent; once is enough."""

    def noted(self, names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which (account, name) pairs have a noted command."""

    def parameter_hashes(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """Return the parameter hash of the intent that has a key, where one has it."""

    def answered_between(
        self, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[tuple[int, Intent]]:
        """Return answerable intents that last moved in [from_ms, to_ms) and when, oldest first."""

    def traded_symbols(self, account: str, since_ms: int) -> Sequence[str]:
        """Return symbols with an intent received since, or one not ended."""

    def intents_since(self, account: str, symbol: str, since_ms: int) -> Sequence[Intent]:
        """Return a symbol's intents received since."""

    def newest(self, limit: int, *, before_id: int | None = None) -> Sequence[Intent]:
        """Return intents of every account, the newest first, from the one before an id."""

    def fills_of(self, intent_ids: Sequence[int]) -> Mapping[int, Sequence[Fill]]:
        """Return the booked fills of intents, oldest first."""

    def open_work(self) -> OpenWork:
        """Return how much is not over, by counts that do not grow with the ledger."""

    # -- everything else
    def tell(self, event: Event) -> None:
        """Append an event that belongs to no other transaction."""

    def events_after(self, event_id: int, limit: int) -> Sequence[Event]:
        """Return events by number, lowest first, from the one behind `event_id`."""

    def last_event_id(self) -> int:
        """Return the number of the newest event, 0 if there is none."""

    def story(self, intent_id: int) -> Story:
        """Return everything known of one intent."""

    def switch(self, name: str) -> Switch | None:
        """Return a switch as it was last set."""

    def set_switch(self, switch: Switch) -> None:
        """Set a switch, recorded; from its commit on it holds."""

    def bury(self, letter: DeadLetter, *, end_as: str | None, now_ms: int) -> DeadLetter:
        """Write a dead letter; with `end_as` a reason, end its intent EXPIRED_UNSENT in the same
        transaction if no attempt is open and it has not ended. The same task id and
        reason again raises the count instead of adding a row.
        """

    def dead_letters(self, *, state: str | None = "OPEN", limit: int = 200) -> Sequence[DeadLetter]:
        """Return dead letters, newest first."""

    def dead_letter(self, letter_id: int) -> DeadLetter | None:
        """Return one dead letter."""

    def close_dead_letter(self, letter_id: int, *, state: str, note: str) -> None:
        """Mark a dead letter REPLAYED or DISCARDED, with who and why."""

    # -- the portfolio
    def asset_books(self, account: str) -> Books | None:
        """Return an account's books; None before the first sync."""

    def save_asset_books(self, account: str, after: Books, *, was: Books | None) -> bool:
        """Keep the books as they are after a sync; False if another sync was quicker."""

    def fills_after(self, account: str, fill_id: int, limit: int) -> Sequence[BookedFill]:
        """Return an account's fills in the order they were booked, from the one behind an id."""

    def last_fill_id(self) -> int:
        """Return the number of the newest fill, 0 if there is none."""

    def save_balances(self, account: str, balances: Sequence[Balance], *, now_ms: int) -> None:
        """Keep a snapshot of the account's balances."""
