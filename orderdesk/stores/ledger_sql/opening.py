"""Opening an attempt: everything that must be true in one transaction before the wire."""

from collections.abc import Callable
from dataclasses import replace

from orderdesk.core.events import EventKind
from orderdesk.core.fence import Window
from orderdesk.core.intents import Draft, Intent, Opened, Switch
from orderdesk.core.money import ZERO, canonical
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.verdicts import Verdict
from orderdesk.ports.ledger import Gate
from orderdesk.stores.ledger_sql import attempt_rows, exposure_rows, intent_rows, lineage
from orderdesk.stores.ledger_sql.birth import KILL
from orderdesk.stores.ledger_sql.chapter import Chapter
from orderdesk.stores.ledger_sql.ending import CANCELLED_UNSENT, deny, end
from orderdesk.stores.ledger_sql.store import Work
from orderdesk.stores.ledger_sql.switches import locked_switch
from orderdesk.stores.ledger_sql.telling import tell

SWEPT_AFTER_MS = 500
"""So long after T + W the sweep takes an attempt for a crashed worker's."""


class Opening(Chapter):
    """Point 5 of the placement protocol."""

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

        Args:
            draft: what would be sent; its row is written if there is none.
            stamp: gives T (ms of exchange time); asked last, after the locks.
            window_ms: W, the recvWindow.
            request_hash: of the request as it will be signed.
            gate: the rules that age; asked under the locks.

        Returns:
            The attempt to send now, or the intent as it stands if there is nothing to send.

        Raises:
            IntentConflict: the key already names an order with other parameters.
            LedgerUnavailable: do not send; the message says whether the attempt may have
                been written, and then it is resolved like any other without an answer.
        """
        with self._store.write() as work:
            lineage.confirm(work.connection)
            # The switch before the intent: the order of locks, see `intent_rows`.
            kill = locked_switch(work, KILL)
            standing = exposure_rows.locked(work, draft.account, draft.symbol)
            intent = intent_rows.found_or_begun(work, draft)
            if (stopped := _stopped(work, intent, draft, kill)) is not None:
                return stopped
            verdict = gate(draft, replace(standing, attempts=intent.attempts))
            if (no := verdict.refusal) is not None:
                return deny(work, intent, no, now_ms=_latest_ms(intent, draft), verdict=verdict)
            # Stamped after the locks, so that waiting for them does not use up the window.
            window = Window(stamp(), window_ms)
            return _in_time(work, intent, draft, verdict, window=window, request_hash=request_hash)


def _in_time(
    work: Work,
    intent: Intent,
    draft: Draft,
    verdict: Verdict,
    *,
    window: Window,
    request_hash: str,
) -> Opened | Intent:
    """Open the attempt, unless it could land after the deadline; count an order by its first."""
    if window.lands_by_ms > intent.deadline_ms:
        return _too_late(work, intent, window)
    opened = _sending(
        work, intent, draft, window=window, request_hash=request_hash, verdict=verdict
    )
    if intent.attempts == 0:
        exposure_rows.note_order(work, draft, window.stamp_ms)
        _tell_stops(work, opened.intent, draft)
    return opened


def _latest_ms(intent: Intent, draft: Draft) -> int:
    """Nobody has asked for the time yet: return the latest moment we know of."""
    return max(intent.received_ms, draft.throttled_ms or 0, intent.cancel_requested_ms or 0)


def _stopped(work: Work, intent: Intent, draft: Draft, kill: Switch | None) -> Intent | None:
    """Return an intent that is not to be sent, ended by now; None if nothing speaks against it."""
    if intent.status is not OrderStatus.RECEIVED:
        return intent
    now_ms = _latest_ms(intent, draft)
    if intent.cancel_requested_ms is not None:
        return end(work, intent, OrderStatus.CANCELED, reason=CANCELLED_UNSENT, now_ms=now_ms)
    if kill is not None and kill.engaged:
        return end(
            work,
            intent,
            OrderStatus.DENIED,
            code="KILL_SWITCH",
            reason=kill.reason,
            now_ms=max(now_ms, kill.at_ms),
        )
    return None


def _too_late(work: Work, intent: Intent, window: Window) -> Intent:
    reason = (
        f"the deadline {intent.deadline_ms} leaves no room for an attempt "
        f"that may land until {window.lands_by_ms}"
    )
    return end(work, intent, OrderStatus.EXPIRED_UNSENT, reason=reason, now_ms=window.stamp_ms)


def _sending(
    work: Work,
    intent: Intent,
    draft: Draft,
    *,
    window: Window,
    request_hash: str,
    verdict: Verdict,
) -> Opened:
    notional = draft.notional or ZERO
    attempt = attempt_rows.opened(
        work, intent, window, request_hash=request_hash, notional=notional
    )
    sending = replace(
        intent,
        # The size as it goes on the wire, fitted to the market's rules of this moment.
        size=draft.size,
        status=OrderStatus.SENDING,
        attempts=attempt.number,
        sent_ms=window.stamp_ms,
        throttled_ms=draft.throttled_ms,
        reserved_notional=notional,
        next_wake_ms=window.lands_by_ms + SWEPT_AFTER_MS,
    )
    intent_rows.save(work, intent, sending, now_ms=window.stamp_ms)
    tell(
        work,
        EventKind.ORDER_SENDING,
        sending,
        now_ms=window.stamp_ms,
        attempt=attempt.id,
        number=attempt.number,
        window_ms=window.window_ms,
        notional=canonical(notional),
        risk=verdict.told() or None,
    )
    return Opened(sending, attempt)


def _tell_stops(work: Work, intent: Intent, draft: Draft) -> None:
    if draft.stops is not None:
        now_ms = intent.sent_ms or 0
        tell(work, EventKind.RISK_SLTP, intent, now_ms=now_ms, **draft.stops.told())
