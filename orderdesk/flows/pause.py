"""Stop the sending for everybody, for as long as the venue asks."""

from orderdesk.core.answers import Refused, Unclear
from orderdesk.core.events import Event, EventKind
from orderdesk.errors import ExchangeDenied, ExchangeUnreachable
from orderdesk.ports import Desk
from orderdesk.ports.throttle import ADDRESS

RATE_PAUSE_MS = 60_000
"""For a first 429 without Retry-After.

MEXC's FAQ speaks of access returning after 10 minutes; one minute is our first step,
and the venue's own Retry-After wins. Source: MEXC spot v3 docs and FAQ Q4, Jan 2026.
"""

REPEATED_MS = 600_000
"""For one that comes again right after such a minute: the FAQ's 10 minutes."""

DENIED_PAUSE_MS = 60_000
"""A refused key does not heal by itself; a minute keeps us from hammering with it."""

CLOCK_PAUSE_MS = 5_000
"""Time for a new measurement, which beat takes every ten seconds and every stamp may force."""


def after_unclear(desk: Desk, account: str, answer: Unclear) -> None:
    """Heed a 429, 418 or 403 that answered an order without telling whether it was taken."""
    if answer.pause_ms is not None:
        _pause_address(desk, account, answer.pause_ms, reason=answer.reason)


def after_rate(desk: Desk, account: str, answer: Refused) -> None:
    """Heed the venue's own rate-limit answer."""
    duration_ms = answer.retry_after_ms or RATE_PAUSE_MS
    _pause_address(desk, account, duration_ms, reason=f"{answer.code} {answer.message}")


def after_denied(desk: Desk, account: str, reason: str) -> None:
    """Stop for a while: with this key every request would be refused."""
    _pause(desk, account, DENIED_PAUSE_MS, reason=reason)


def until_in_step(desk: Desk, account: str) -> None:
    """Stop until the clocks agree again."""
    _pause(desk, account, CLOCK_PAUSE_MS, reason="the exchange refuses our stamps")


def after_question(desk: Desk, account: str, error: Exception) -> None:
    """Heed what an unanswered question says about the venue, if it says anything."""
    if isinstance(error, ExchangeUnreachable) and error.retry_after_ms:
        _pause_address(desk, account, error.retry_after_ms, reason=str(error))
    elif isinstance(error, ExchangeDenied):
        after_denied(desk, account, str(error))


def _pause_address(desk: Desk, account: str, duration_ms: int, *, reason: str) -> None:
    """Stop everybody behind this IP address: MEXC does not say which of its caps was passed, and
    bans and its firewall know nothing else. What comes again at once lasts longer.
    """
    again_ms = REPEATED_MS if duration_ms >= RATE_PAUSE_MS else 2 * duration_ms
    lasts_ms = desk.throttle.pause(ADDRESS, duration_ms, reason, again_ms=again_ms)
    _tell(desk, account, lasts_ms, reason)


def _pause(desk: Desk, account: str, duration_ms: int, *, reason: str) -> None:
    _tell(desk, account, desk.throttle.pause(account, duration_ms, reason), reason)


def _tell(desk: Desk, account: str, lasts_ms: int, reason: str) -> None:
    data = {"for_ms": lasts_ms, "reason": reason}
    event = Event(EventKind.VENUE_PAUSED, desk.time.now_ms(), account=account, data=data)
    desk.ledger.tell(event)
